# Signals in: sources and what they tell.

nav-sources = Sources
noun-source = source
intake-sources = Sources
intake-sources-of = Sources of { $service }
intake-panel = Sources
intake-panel-all = All
intake-panel-more = All { $n } sources

intake-answer-none = No source tells what users do yet
intake-answer-none-of = No source tells what users of { $service } do yet
intake-answer-silent = { $n ->
    [one] One source, and it has told nothing yet
   *[other] { $n } sources, and none has told anything yet
}
intake-answer-some = { $rate } events a minute; { $n ->
    [one] one source has never told anything
   *[other] { $n } sources have never told anything
}
intake-answer-all = { $rate } events a minute from { $n ->
    [one] one source
   *[other] { $n } sources
}
intake-answer-never = { $name } has told nothing yet
intake-answer-day = { $name } told of { $n } events of people in the last 24 hours
intake-answer-quiet = { $name } told of no people in the last 24 hours

intake-add = Add a source
intake-edit = Change
intake-save = Save
intake-cancel = Cancel
intake-remove = Remove
intake-remove-title = Remove { $name }?
intake-remove-text = Pages and programs that still send its key are no longer heard. What it told stays until it expires.
intake-source-added = { $name } was added; now connect a client to it
intake-source-changed = { $name } was changed
intake-source-removed = { $name } was removed

intake-none = No sources
intake-none-of = No sources
intake-none-text = A source is a site, an app or a program that tells what users do. Clients of Plausible, Umami, PostHog, Matomo, Snowplow and OpenTelemetry can tell as they are.
intake-none-go = Choose a service
intake-never = Never heard
intake-day-note = People, programs and what is not counted: the last 24 hours. Programs are kept apart and never mixed with people.

intake-th-source = Source
intake-th-service = Service
intake-th-rate = Events a minute
intake-th-day = 24 hours
intake-th-people = People
intake-th-bots = Programs
intake-th-ignored = Not counted
intake-th-last = Last heard
intake-th-key = Key
intake-th-door = Client
intake-th-why = Why
intake-th-count = Signals
intake-th-event = Event
intake-th-when = When
intake-th-24h = 24 hours
intake-th-7d = 7 days
intake-spark = Events of people from { $name } in the last 24 hours
intake-unit-events = events

intake-stat-people = People
intake-stat-bots = Programs
intake-stat-vitals = Measurements
intake-stat-ignored = Not counted
intake-stat-day = 24 hours
intake-stat-apart = kept apart
intake-stat-why = see why

intake-hours = Events of people, by hour
intake-hours-label = Events of people from { $name }, by hour, in the last 7 days
intake-newest = Newest events of { $service }
intake-newest-none = Nothing came in during the last 24 hours.
intake-ignored = Not counted, and why
intake-ignored-none = Everything that came in during the last 7 days was counted.
intake-ignored-text = Every answer says the reason in the header x-tend-ignored.
intake-cut = { $n ->
    [one] One event of the last 7 days had more than 50 properties; the rest of them was cut off.
   *[other] { $n } events of the last 7 days had more than 50 properties; the rest of them was cut off.
}
intake-strays = Signals without a source
intake-strays-text = In the last 24 hours these came to a door and named a key that no source has, or could not be read.
intake-no-key = no key

intake-reason-unknown-key = Unknown key
intake-reason-unknown-key-text = No source has the key, domain or number that was sent.
intake-reason-malformed = Unreadable
intake-reason-malformed-text = The body is broken or cut off, or a field has a value that it cannot have.
intake-reason-too-large = Too large
intake-reason-too-large-text = More than 6 MB as sent, 20 MB unpacked, or 20,000 events at once.
intake-reason-missing = Incomplete
intake-reason-missing-text = A name, an address or the id of a user is missing.
intake-reason-address = Not an address of the web
intake-reason-address-text = The page has an address like data: or javascript:.
intake-reason-too-old = Too old
intake-reason-too-old-text = It happened before anything that is still kept; often a clock that was never set.
intake-reason-future = In the future
intake-reason-future-text = It will happen only in more than 24 hours; the clock of the sender is wrong.
intake-reason-opted-out = Asked not to be counted
intake-reason-opted-out-text = The browser sent Do Not Track or Global Privacy Control, which this source honours.
intake-reason-range = Impossible measurement
intake-reason-range-text = More than 60 seconds, a shift of more than 100, or below zero.
intake-reason-no-event = About no event
intake-reason-no-event-text = Messages that identify somebody or keep a visit open; they count as no event.
intake-reason-too-often = Too often
intake-reason-too-often-text = One address sent more than 500 requests a second for a while.

intake-door-tend = Tend
intake-door-plausible = Plausible
intake-door-umami = Umami
intake-door-posthog = PostHog
intake-door-matomo = Matomo
intake-door-snowplow = Snowplow
intake-door-otlp = OpenTelemetry
intake-door-access_log = Access log
intake-door-csv = Table

intake-keys = Keys
intake-key = Key
intake-number = Matomo site
intake-uuid = Umami website
intake-domains = Domains
intake-also = Other keys
intake-keys-text = Keys stand in pages, so they are no secrets. Whoever has one can add events, not read any.
intake-privacy = Privacy
intake-identity = Who is known
intake-identity-none = Nobody known
intake-identity-daily = Visitors of a day
intake-identity-declared = Declared users
intake-identity-none-text = No visitors are told apart. Visits exist only where the client names them.
intake-identity-daily-text = A visitor is a number made of address and browser with a random value of the day. After 48 hours the value is destroyed, and nobody can tell any more who the number was. No cookies.
intake-identity-declared-text = A user or case that the service names becomes a number under a key of its own. Destroying that key destroys the link. Others are visitors of a day.
intake-identity-none-choice = Nobody: no visitors, only visits that the client names
intake-identity-daily-choice = Visitors of a day, without cookies; unlinkable after 48 hours
intake-identity-declared-choice = Users whom the service declares, as numbers that can be erased
intake-signals = Do Not Track, GPC
intake-signals-yes = Honoured
intake-signals-no = Not looked at
intake-keep = Events are kept
intake-keep-days = { $n ->
    [one] One day
   *[other] { $n } days
}
intake-keep-ever = For ever
intake-declared = Declared in { $place }: change it there, and apply the folder.

intake-connect = Connect a client
intake-connect-text = A client that already tells another product can tell Tend as it is: only its address changes.
intake-way-tracker = Tend's own tracker
intake-way-tracker-text = One line in the head of every page. No cookies; page views, forms, errors and speed.
intake-way-plausible = Plausible
intake-way-plausible-text = The tracker from npm, or any other client of Plausible's events API. The domain is one of this source's.
intake-way-umami = Umami
intake-way-umami-text = The script you have, with another host and this website id; or @umami/node with hostUrl.
intake-way-posthog = PostHog
intake-way-posthog-text = Any of its libraries, with this key and another host.
intake-way-matomo = Matomo
intake-way-matomo-text = The tracker you have, or a bulk import, with this site id.
intake-way-snowplow = Snowplow
intake-way-snowplow-text = Any of its trackers; the app id is this key.
intake-way-otlp = OpenTelemetry
intake-way-otlp-text = Traces, metrics and logs of the service's programs over OTLP/HTTP.
intake-way-http = HTTP
intake-way-http-text = For counters, telephones, letters and back offices: one event, a list, or a batch, answered when it is on disk.

intake-form-new = Add a source
intake-form-new-for = Add a source to { $service }
intake-form-change = Change { $name }
intake-name = Name
intake-name-hint = The site, app or program, as people call it: website, counter, back office.
intake-domains-hint = A domain a line, without www. Clients of Plausible send it.
intake-respects = Honour Do Not Track and Global Privacy Control
intake-keep-hint = In days, such as 400d. Nothing means for ever.
intake-also-summary = It told another product before
intake-also-hint = Keys that its pages already send: a PostHog token, an Umami website id, a Snowplow app id. A key a line.
intake-field-long = At most 80 letters.
intake-field-domain = { $value } is not a domain such as svc.example.
intake-field-word = A key has 1 to 253 letters and no spaces.
intake-field-many = At most 50.
intake-field-keep = From 1 day to 3,653 days.
intake-field-span = { $value } is not a span of time; write for example 400d.
intake-field-taken = Another source has { $value } already.
intake-field-confirm = This is not the name of the source.
problem-intake-too-many =
    .title = That is too many sources
    .detail = A service has at most { $max } sources.
    .next = Remove one that nobody needs, or use one for several sites.

intake-erase = Erase one user or case
intake-erase-text = For somebody who asks that what is known of them be erased. Their events leave every file of the lake, and the key that tied the name to a number is destroyed.
intake-erase-whose = Whose
intake-erase-user = A user
intake-erase-case = A case
intake-erase-named = Name
intake-erase-named-hint = As the service calls them: the user's id, the number of the application.
intake-erase-sure = It cannot be undone
intake-erase-do = Erase
intake-erased = Erased: { $n ->
    [one] one event
   *[other] { $n } events
} and the key
intake-erased-nothing = Nothing is known under that name
intake-field-sure = Confirm that it cannot be undone.
intake-erase-open = Say whose
