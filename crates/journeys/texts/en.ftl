# Journeys: lists, one journey, faults.
journey = Journey
journeys = Journeys
journeys-answer-none = No journey is described yet
journeys-answer-fine = { $total ->
    [one] The one journey goes as usual
   *[other] All { $total } journeys go as usual, as far as is known
}
journeys-answer-less = { $n ->
    [one] In one of { $total } journeys fewer people come through than usual
   *[other] In { $n } of { $total } journeys fewer people come through than usual
}
journeys-usual-text = The line is how many completed in each of the last 24 hours; dashed is what is usual at that hour of that weekday. Shares and counts are of the last 28 days.
journeys-service = Service
journeys-all-services = All services
journeys-completion = Completion
journeys-started = Started
journeys-lost = Most leave after
journeys-lost-n = { $n ->
    [one] { $n } left
   *[other] { $n } left
}
journeys-lost-after = most leave after { $step }
journeys-hours = Last 24 hours
journeys-last-hour = Last hour
journeys-usual-n = { $n ->
    [none] usual not known
   *[other] usually { $n }
}
journeys-steps = { $n ->
    [one] { $n } step
   *[other] { $n } steps
}
journeys-explore = Explore
journeys-live = Live
journeys-add = Describe a journey
journeys-all = All { $n } journeys
journeys-none = No journey yet
journeys-none-text = A journey says what people come to do, as steps. From then on Tend counts how many come to a proper end, and where the others leave.
journeys-none-go = Choose a service

journey-spark = Completions of { $name } in the last 24 hours, against what is usual
journey-standing-less = fewer than usual
journey-standing-usual = as usual
journey-standing-unknown = too little is known to say what is usual

journey-unit-visit = Visits: one user's stay, ended by 30 minutes of silence
journey-unit-visitor = Visitors of a day
journey-unit-user = Users whom the service names
journey-unit-case = Cases: applications, orders, tickets
journey-units-visit = visits
journey-units-visitor = daily visitors
journey-units-user = users
journey-units-case = cases
journey-identity-visit = The visit alone; who visits is not known
journey-identity-daily = A visitor is recognised for one day, never longer
journey-identity-declared = Declared by the service, kept under a key that can be erased
journey-order-ordered = One step after the other, whatever lies between
journey-order-strict = One step after the other, with nothing between
journey-order-any_order = Steps in any order

journey-tabs = Parts of this journey
journey-tab-funnel = Funnel
journey-tab-after = Where people leave to
journey-tab-visits = Visits
journey-tab-speed = Speed of pages
journey-range-today = Today
journey-range-7d = 7 days
journey-range-28d = 28 days
journey-range-90d = 90 days
journey-range-365d = A year
journey-who-people = People
journey-who-bots = Bots
journey-who-all = Both
journey-who = Who is counted
journey-compare = Compare
journey-compare-none = Alone
journey-compare-before = Against the time before
journey-to = to

journey-answer = { $share } come to a proper end { $range ->
    [in-today] today
    [in-7d] in the last 7 days
    [in-28d] in the last 28 days
    [in-90d] in the last 90 days
   *[other] in the last year
}
journey-answer-open = { $n ->
    [one] One has started and is still on the way
   *[other] { $n } have started and are still on the way
}
journey-answer-none = Nobody has started { $range ->
    [in-today] today
    [in-7d] in the last 7 days
    [in-28d] in the last 28 days
    [in-90d] in the last 90 days
   *[other] in the last year
}
journey-answer-worst = Most leave after { $step }: { $n }.
journey-than-before = Than in the time before:
journey-stat-completion = Completion
journey-stat-started = Started
journey-stat-completed = All steps done
journey-stat-open = Still on the way
journey-stat-median = Median time
journey-n = n = { $n }
journey-declared = This journey is declared in { $place } and is changed there.
journey-pending = { $n ->
    [one] One day is still being counted and is missing here.
   *[other] { $n } days are still being counted and are missing here.
}
journey-silent = No event has arrived yet
journey-silent-text = The journey is described. Put the tracker on the site, or send events from the clients it already has.
journey-silent-go = Sources of events
journey-funnel = Funnel
journey-optional = may be skipped
journey-channel-web = web
journey-channel-phone = phone
journey-channel-counter = counter
journey-channel-post = post
journey-channel-mail = mail
journey-channel-api = program
journey-channel-inside = inside
journey-bar = { $step }: { $n } reached it, { $share } of those who started
journey-left-here = { $n ->
    [one] { $n } left here
   *[other] { $n } left here
}
journey-left-nobody = nobody left here
journey-went-on = { $share } went on
journey-still-here = { $n ->
    [one] { $n } is still here
   *[other] { $n } are still here
}
journey-funnel-key = Width is people. Hatched: still on the way. Outline: left before this step. Ticks: 95 % interval.
journey-truncated = { $n ->
    [one] One unit had more events than are looked at.
   *[other] { $n } units had more events than are looked at.
}
journey-trend = Over time
journey-trend-completion = Completion
journey-trend-completion-label = Completion over time
journey-trend-started = Started a day
journey-trend-started-hour = Started an hour
journey-trend-started-label = How many started over time
journey-segments = Who they are
journey-segments-none = Nobody to tell apart.
journey-by = Told apart by
journey-from-events = Counted from the events just now: days are not kept by this field.
journey-others = Others together
journey-no-value = not said
journey-than-others = Than all others
journey-higher = { $points } points higher
journey-lower = { $points } points lower
journey-same = no difference beyond chance
journey-median = Median
journey-p75 = 75 % within
journey-p90 = 90 % within
journey-took = How long it took
journey-took-n = Counted over
journey-endings = How it ended
journey-ending-completed = Completed
journey-ending-not_eligible = Not eligible
journey-ending-failed = Failed
journey-ending-abandoned = Abandoned
journey-ending-in_progress = Still on the way
journey-speed = Speed of pages
journey-speed-text = 75th percentile of page loads in the last 24 hours. Below 50 loads nothing is said.
journey-device = Device
journey-device-unknown = Not known
journey-device-desktop = Computer
journey-device-mobile = Phone
journey-device-tablet = Tablet
journey-device-other = Other
journey-few-loads = { $n ->
    [0] no loads
    [one] { $n } load
   *[other] { $n } loads
}
journey-rating-good = good
journey-rating-needs_improvement = could be better
journey-rating-poor = poor
journey-definition = What is counted
journey-def-unit = Counted are
journey-def-identity = Known of them
journey-def-window = Window
journey-def-order = Order
journey-def-days = Days
journey-def-days-text = Begin at midnight in { $zone }. Who starts on several days is counted on each.
journey-def-bots = Programs
journey-def-bots-text = Recognised and shown apart, never dropped
journey-def-late = Late events
journey-def-late-text = Count on the day they happened; the day is counted again
journey-def-interval = Intervals
journey-def-interval-text = Wilson, 95 %. A proper end is completed or not eligible; who is still on the way counts as neither.
journey-as-of = Counted at
journey-owner = Owner

journey-fault-long = This is longer than 120 characters.
journey-fault-count = A journey has 2 to 32 steps; this one has { $value }.
journey-fault-unnamed = Give every step a name.
journey-fault-twice = Two steps are called “{ $value }”.
journey-fault-looks = Say what to look for: a path such as /apply, or the name of an event.
journey-fault-optional = “{ $value }” cannot be optional: the first and the last step never are.
journey-fault-window = The window is longer than nothing and at most { $value }.
journey-fault-daily = A visitor is recognised for a day only. Over a longer window the same people would count as lost and as new. Count cases or declared users, or shorten the window to 24h.
journey-fault-visit = A visit ends after 24 hours at the latest. Count cases or declared users, or shorten the window to 24h.
journey-fault-zone = No time zone is called “{ $value }”; write for example Europe/Amsterdam.
journey-fault-share = A share lies between 0 % and 100 %.
journey-fault-many = At most { $value }.
journey-fault-ending = An ending is not eligible, failed or abandoned.
journey-fault-exclusion = It lies between two steps of the journey, the earlier first.

# Behind the numbers
journey-after-answer = { $n ->
    [one] One came as far as { $step } and no further. What came next:
   *[other] { $n } came as far as { $step } and no further. What came next:
}
journey-after-none = Nobody stopped after { $step }
journey-after-text = Counted, not followed: no visit can be told from another here.
journey-after-next = Next
journey-after-share = Of them
journey-after-nothing = Nothing: they left
journey-after-visits = Look at some of these visits
journey-after-empty = Nobody stopped here
journey-after-empty-text = In this time everybody who came this far went on, or nobody came this far.
journey-back = Back to the funnel
journey-by-path = Pages
journey-by-name = Events
journey-any = Any
journey-last-step = Last step
journey-visits-answer = Single visits, without names
journey-visits-none = No visit fits
journey-visits-text = A number stands for a unit. It is made with a key that is thrown away, and leads to nobody.
journey-visits-empty = Nothing fits
journey-visits-empty-text = No unit of this journey started in this time and ended this way.
journey-visit = Visit { $number }
journey-visit-head = Visit
journey-visit-ending = Ended
journey-visit-started = Started
journey-visit-took = Until the last step
journey-visit-answer = { $n ->
    [one] One event of one visit
   *[other] { $n } events of one visit
}
journey-visit-text = In the order in which they happened. Nobody is named.
journey-visit-events = Events
journey-visit-when = When
journey-visit-what = What
journey-visit-step = Step
journey-visit-more = With it
journey-visit-cut = There were more events than are shown.
journey-visit-number = Its number, for a request to erase:
journey-speed-none = No page load has been measured
journey-speed-slow = { $n ->
    [one] One of { $total } pages is slow for users
   *[other] { $n } of { $total } pages are slow for users
}
journey-speed-fine = No page is slow for users
journey-speed-rule = The 75th percentile of page loads. Good up to: LCP 2.5 s, INP 200 ms, CLS 0.1. Poor beyond: 4 s, 500 ms, 0.25.
journey-speed-empty = Nothing measured on these devices
journey-speed-empty-text = Tend’s own tracker measures pages in users’ browsers.
journey-page = Page
journey-passes = All three
journey-pass = passes
journey-pass-not = does not pass

# Explore
explore-none = Nothing has come in for { $name }
explore-ways = The ways people take through { $name }
explore-to = People who reached { $end } came through these
explore-from = People who were at { $start } went on to these
explore-describe = Describe a journey
explore-field-from = From
explore-field-to = To
explore-made-of = Made of
explore-silent-text = Put the tracker on the site, or send events from the clients it already has.
explore-picture = Ways
explore-picture-label = How many visits went from what to what
explore-no-ways = No visit went this way.
journey-way-ends = end of the visit
journey-way-place = Place
journey-way-from = From
journey-way-to = To
explore-top-path = Pages
explore-top-name = Events
explore-top-referrer = Where they come from
explore-top-campaign = Campaigns
explore-top-device = Devices
explore-top-browser = Browsers
explore-value = Value
explore-events = Events
explore-nothing = Nothing said so.
explore-back = Who comes back
explore-by-day = By day
explore-by-week = By week
explore-by-month = By month
explore-since = First seen
explore-back-none = Nobody is known for longer than a visit or a day, so nobody can be seen to come back. Declared users and cases can.
explore-utc = Days here begin at midnight UTC.

# Live
live-answer = { $n ->
    [0] Nobody is on { $name } right now
    [one] One visit to { $name } right now
   *[other] { $n } visits to { $name } right now
}
live-text = Somebody who did something in the last five minutes is there now. The screen keeps itself up to date.
live-now = Now
live-visits = Visits in 30 minutes
live-views = Page views in 30 minutes
live-bots = Events of bots
live-minutes = The last 30 minutes
live-minutes-label = Events of people by the minute
live-journeys = Where they are
live-reached = Reached in 30 minutes
live-here = Here now
live-pages = Pages
live-newest = What came in last
live-nobody = Nothing in the last 30 minutes.

# Telemetry
telemetry = Components as telemetry sees them
telemetry-none = No telemetry has come in for { $name }
telemetry-errors = { $share } of { $n } calls failed
telemetry-fine = { $n ->
    [one] One call, and it worked
   *[other] None of { $n } calls failed
}
telemetry-1h = 1 hour
telemetry-24h = 24 hours
telemetry-operations = Operations
telemetry-component = Component and operation
telemetry-rate = Calls a minute
telemetry-failed = Failed
telemetry-p50 = Median
telemetry-p95 = 95 % within
telemetry-more = { $n } operations in all; the most called are shown.
telemetry-calls = Who calls whom
telemetry-calls-text = Kept when the spans themselves have expired. A call that no dependency declares is one that the estate does not know yet.
telemetry-from = Caller
telemetry-to = Called
telemetry-day = Calls that day
telemetry-seen = Last seen
telemetry-since = since
telemetry-estate = Estate
telemetry-declared = declared
telemetry-undeclared = not declared
telemetry-empty = No spans in this time
telemetry-empty-text = Point an OpenTelemetry exporter at Tend: traces become rate, errors and duration of each component.

# The form
journey-form-new = A journey of { $service }
journey-form-change = Change { $name }
journey-form-drawn = A journey that ends at { $end }
journey-form-text = What do people come to do here? Give its steps in order; from then on Tend counts.
journey-form-drawn-text = The strongest way is filled in below. Take out what does not matter, and name what does.
journey-form-no-way = Nobody reached this in the last week.
journey-form-draw = Draw it from what people did
journey-form-draw-text = Pick where the journey ends. Numbers are visits of the last seven days.
journey-field-name = Name
journey-field-name-hint = What people come to do: “Apply for a parking permit”.
journey-field-steps = Steps
journey-field-steps-hint = A path such as /apply (* within a part of a path, ** anything), or the name of an event. Rows that are left empty do not count.
journey-field-step = Step { $n }
journey-field-step-name = Name
journey-field-looks = Path or event
journey-field-tests = Only when
journey-field-channel = Channel
journey-field-component = Component
journey-field-more-steps = Need more rows? Save, and change it again: two more stand below.
journey-field-not-eligible-hint = A proper end: it counts as completed. A path or the name of an event.
journey-field-abandoned-hint = Only when something tells so; otherwise the window decides.
journey-field-window-hint = From the first step to the last: 30m, 2h, 14d.
journey-field-more = More: order, exclusions, segments, owner, targets
journey-field-exclusions = What ends an attempt
journey-field-exclusions-hint = One a line: cancelled after form before done
journey-field-segments = Days are kept apart by
journey-field-segments-hint = Fields with commas between them, at most six: device, channel, or a property of events.
journey-field-zone = Days begin in the zone
journey-field-targets = Targets
journey-field-completion = Completion at least
journey-field-within = Held over
journey-field-latency = A step takes at most
journey-field-errors = Steps that fail, at most
journey-field-span = “{ $value }” is not a span of time; write for example 30m, 2h or 14d.
journey-field-test = “{ $value }” is not a test; write for example method: ideal, card.
journey-field-exclusion = “{ $value }” does not say between which steps; write for example cancelled after form before done.
journey-field-confirm = This is not the name of the journey.
journey-remove = Remove
journey-remove-title = Remove this journey?
journey-remove-text = Its days are forgotten. The events it counted stay.
journey-added = The journey was added.
journey-changed = The journey was changed.
journey-removed = The journey was removed.
explore-from-example = /apply
explore-to-example = /apply/done
journeys-telemetry = Telemetry
