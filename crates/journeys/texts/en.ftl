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
journeys-usual-text = The line is how many completed in each of the last 24 hours; dashed is what is usual at that hour of that weekday.
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
