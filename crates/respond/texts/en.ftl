noun-incident = incident
noun-rota = rota
noun-escalation = escalation
incidents-title = Incidents
incidents-none-open = No incident is open.
incidents-all-taken = { $n ->
    [one] One incident is open, and somebody works on it.
    *[other] { $n } incidents are open, and somebody works on each.
    }
incidents-open = { $n ->
    [one] One incident is open; nobody has taken it on.
    *[other] { $n } incidents are open; { $unacknowledged } nobody has taken on.
    }
incidents-none-found = No incident fits.
incidents-none-found-text = Try fewer words, or look at all of them.
incidents-all = All incidents
incidents-never = There never was an incident.
incidents-never-text = When a probe fails, an incident opens by itself and the person on call is paged. See who that is.
incidents-recent = Recently resolved
incident-open = Open an incident
incident-open-title = Open an incident
incident-open-and-page = Open and page who is on call
incident-what = What is the matter
incident-what-hint = In the words of the users: "Paying does not work".
incident-first-note = What do you know already?
incident-first-note-hint = Becomes the first note of the timeline.
incident-no-services = There is no service on which you may open one.
incident-no-services-text = Incidents belong to a service.
incident-services = Services
incident-number = Number
incident-lasted = Lasted
incident-detected = Found by
incident-by-us = a probe
incident-by-hand = a person
incident-state-now = not resolved
incident-paging-waiting = paging
incident-paging-nobody = nobody to page
incident-paging-exhausted = nobody came
incident-said-opened = Incident #{ $number } is open; who is on call is being paged.
incident-said-acknowledged = #{ $number } is yours.
incident-said-resolved = #{ $number } is resolved. Whoever was paged is told.
incident-said-reopened = #{ $number } is open again and climbs from the first step.
incident-said-changed = #{ $number } is changed.
incident-said-noted = Noted.
incident-said-published = The public is told.
problem-incident-resolved = 
    .title = It is resolved already
    .detail = Incident #{ $number } was resolved before you took it on. Nobody is being paged. Reopen it if it is not over.
problem-declared = 
    .title = It is declared in a file
    .detail = It stands in { $place } and is changed there, so that the file stays true. Nothing was changed here.
severity = Severity
severity-1-text = 1 · users cannot do what they came for
severity-2-text = 2 · an important part does not work
severity-3-text = 3 · it works, but slowly or awkwardly
severity-4-text = 4 · nobody notices yet
severity-change = Change severity
severity-reason = Why
service = Service
respond-acknowledge = Acknowledge
respond-take-over = Take over
respond-keep-longer = Keep it longer
call-name = Call { $name }
respond-resolve = Resolve
resolve-title = Resolve the incident
resolve-reason = What made it work again?
resolve-reason-hint = Goes to everybody who was paged.
resolve-still-raised = { $n ->
    [one] One alert is still raised.
    *[other] { $n } alerts are still raised.
    }
respond-reopen = Reopen
reopen-title = Reopen the incident
reopen-reason = Why is it not over?
reopen-and-page = Reopen and page
respond-rename = Rename
respond-minutes = { $n } minutes
respond-hours = { $n } hours
note-write = Write a note
note-body = Note
note-hint = For the people at work; the public does not see it. It also keeps your acknowledgement alive.
note-save = Save the note
update-write = Tell the public
update-public = Everybody who looks at the status page of { $service } sees this, with the title of the incident.
update-no-page = This service has no public status page. The update is kept, and shown when it has one.
update-body = What users should know
update-body-hint = What does not work, what they can do meanwhile, what happens to what they entered.
update-next = Next update in
update-next-none = no promise
update-publish = Publish
public-state-investigating = Looking into it
public-state-identified = Cause found
public-state-monitoring = Fixed, watching
public-state-resolved = Resolved
room-waiting = Nobody has taken it on.
room-next = Next to be paged: { $people }, at
room-exhausted = Everybody was paged and nobody came.
room-nobody = Nobody can be paged for this.
room-nobody-text = No step of the escalation has anybody, and there is no fallback. Tend looks again every minute.
room-taken = { $name } has it
room-taken-program = A program took it on
room-yours = You have it
room-until = until
room-quiet = Everything works again; it closes by itself at
room-resolved = Resolved after { $span }.
room-resolved-by = By { $name }.
room-resolved-by-us = All alerts cleared.
room-failing = Failing
room-next-update = Next update
room-overdue = overdue
room-timeline = Timeline
room-affected = What is affected
room-cleared = cleared
room-raised = raised
room-by-hand = A person opened it; no probe belongs to it.
room-suspects = What changed lately
room-suspects-text = The last six hours, newest first.
room-no-suspects = Nothing that Tend knows of changed in the last six hours.
room-paged = Who is paged
room-nobody-paged = Nobody was paged.
room-facts = Facts
room-opened = Opened
page-state-waiting = waiting
page-state-acknowledged = taken on
page-state-escalated = climbed on
page-state-exhausted = not reached
page-state-resolved = over
delivery-planned = planned
delivery-sending = on its way
delivery-sent = taken by the next hop
delivery-failed = failed
delivery-cancelled = not sent
delivery-at = at
delivery-again = { $n ->
    [one] one attempt, again at
    *[other] { $n } attempts, again at
    }
delivery-why-acknowledged = not needed: somebody took it on
delivery-why-resolved = not needed: it was resolved
delivery-why-superseded = replaced by a newer page
channel-word-mail = mail
channel-word-push = push
channel-word-chat = chat
channel-word-sms = text message
moment-opened = Opened by a probe
moment-opened-by-hand = Opened by a person
moment-alert-joined = { $title } fails too
moment-alert-left = { $title } works again
moment-acknowledged = { $name } took it on
moment-acknowledged-program = A program took it on
moment-through-link = by the link in the page
moment-through-screen = on screen
moment-acknowledgement-expired = { $name } did not keep it; it climbs again
moment-acknowledgement-expired-program = Nobody kept it; it climbs again
moment-severity = Severity from { $from } to { $to }
moment-renamed = Now called: { $title }
moment-note = Note
moment-update-investigating = Told the public: looking into it
moment-update-identified = Told the public: cause found
moment-update-monitoring = Told the public: fixed, watching
moment-update-resolved = Told the public: resolved
moment-resolved = Resolved by { $name }
moment-resolved-program = Resolved by a program
moment-resolved-by-us = Resolved: all alerts cleared
moment-reopened = Reopened
moment-reopened-cause = Reopened: the same cause is back
moment-climbed = Step { $step }: { $people } paged
moment-skipped = Step { $step } has nobody and is skipped
moment-nobody = Nobody is on call, and there is no fallback
moment-nobody-fallback = Nobody is on call; the fallback is paged: { $people }
moment-exhausted = All steps were climbed and nobody came
moment-sent-mail = Mail to { $name } taken by the relay{ $attempt ->
    [one] {""}
    *[other] , attempt { $attempt }
    }
moment-sent-push = Push to { $name } taken by the server{ $attempt ->
    [one] {""}
    *[other] , attempt { $attempt }
    }
moment-sent-chat = Chat message to { $name } taken{ $attempt ->
    [one] {""}
    *[other] , attempt { $attempt }
    }
moment-sent-sms = Text message to { $name } taken by the gateway{ $attempt ->
    [one] {""}
    *[other] , attempt { $attempt }
    }
moment-failed = { $channel } to { $name } failed
moment-put-off = { $channel } to { $name } did not get through; tried again
moment-page-exhausted = { $name } could not be reached
change-declaration = A declaration was applied ({ $name } changed)
change-phase = The service entered { $name }
change-component-added = Component { $name } was added
change-component = Component { $name } changed
change-component-removed = Component { $name } was removed
change-dependency-added = It now depends on { $name }
change-dependency-removed = It no longer depends on { $name }
change-probe-added = Probe { $name } was added
change-probe = Probe { $name } changed
change-service = The service changed: { $name }
ack-button = I take it on
ack-for = This link is for
ack-yours = You have it. Nobody else is woken until
ack-resolved = It is resolved, after { $span }. You can go back to sleep.
ack-open-incident = Open the incident
ack-sign-in = (sign in to write and resolve)
letter-subject-open = { $service }: { $title } #{ $number }
letter-subject-resolved = Resolved: { $service }: { $title } #{ $number }
letter-resolved-title = { $service } works again
letter-lasted = It lasted { $span }.
letter-alerts-cleared = All alerts cleared by themselves and stayed so.
letter-open = Open the incident
letter-acknowledge = I take it on
letter-others = Also paged
letter-changed = What changed lately:
letter-unchanged = Nothing that Tend knows of changed in the last six hours.
letter-link-ends = The link works without signing in, for you alone, for 24 hours.
letter-again = Tend stopped while sending this; you may get it twice.
on-call-title = On call
on-call-you = You are on call ({ $rotas }) until
on-call-nothing = Nobody is on call yet.
on-call-gaps = { $n ->
    [one] In one place nobody is on call.
    *[other] In { $n } places nobody is on call.
    }
on-call-covered = Somebody is on call everywhere.
on-call-rotas = Rotas
on-call-services = Who is paged, by service
on-call-now = Now
on-call-next = Next
on-call-first = At once
on-call-then = Then
on-call-nobody = nobody
on-call-nobody-service = nobody would be paged
on-call-step-empty = nobody in the first step
on-call-no-end = no end in sight
on-call-no-services = There are no services yet.
on-call-no-services-text = People are paged for services.
rota = Rota
rotas-none = There is no rota yet.
rotas-none-text = Without one, the owner of a service is paged, day and night.
rota-new = New rota
rota-new-title = New rota
rota-edit = Change the rota
rota-edit-title = Change the rota
rota-now = { $rota }: { $name } is on call until
rota-now-nobody = { $rota }: nobody is on call.
rota-next = Then { $name }, from
rota-next-nobody = Then nobody, from
rota-before = Earlier
rota-after = Later
rota-today = Today
rota-week = Week
rota-month = Five weeks
rota-calendar = Calendar
rota-gaps = { $n ->
    [one] One gap: nobody is on call then.
    *[other] { $n } gaps: nobody is on call then.
    }
rota-layer = Layer { $n }
rota-final = On call
rota-shifts = Shifts
rota-zone-note = The calendar is drawn in { $zone }; times in the list are in yours.
rota-feed = Calendar feed
rota-feed-text = Add this address to your calendar. Whoever knows it sees who is on call.
rota-feed-new = Make a new address
rota-remove = Remove the rota
rota-remove-text = Its shifts and stand-ins go with it. What happened stays in the timeline.
rota-zone = Time zone
rota-zone-hint = Hand-offs follow the wall clock of this zone.
rota-layer-hint = Lies on top of the layers above it, where it has somebody.
rota-rotation = They take turns
rotation-weekly = every week
rotation-daily = by days
rotation-hourly = by hours
rotation-every = Every
rotation-every-hint = Days or hours; not for weeks.
rotation-on = Hand-off on
rotation-on-hint = For weeks.
rota-start = First day
rota-handoff = Hand-off at
rota-person = Person { $n }
rota-only = Only at some times
rota-only-days = Only on
rota-only-night = A time not after the first means the next day.
rota-more-layers = Layers without people are left out. Save to get a place for one more.
rota-said-saved = The rota is saved.
rota-said-removed = The rota is removed.
rota-said-override = The stand-in is set.
rota-said-override-removed = The stand-in is called off.
rota-said-feed = The feed has a new address; the old one no longer works.
override = stand-in
overrides = Stand-ins
overrides-none = Nobody stands in.
override-add = Stand in
override-save = Set
override-zone = Wall-clock time in { $zone }
override-over = over
escalation = Escalation
escalation-owner = the owner of the service
escalations-title = Escalations
escalations-answer = { $n ->
    [0] No escalation yet.
    [one] One escalation; every service has one.
    *[other] { $n } escalations; every service has one.
    }
escalations-without = { $n ->
    [one] One service has no escalation: its owner is paged.
    *[other] { $n } services have no escalation: their owner is paged.
    }
escalations-none = There is no escalation yet.
escalations-none-text = It says who is paged first, how long they have, and who is next.
escalation-new = New escalation
escalation-new-title = New escalation
escalation-edit-title = Change the escalation
escalation-remove = Remove the escalation
escalation-remove-text = No service has it.
escalation-waits = waits { $span }
escalation-then = After the last step
escalation-repeats = { $n ->
    [0] it ends, and is shown as unanswered
    [one] starts again once
    *[other] starts again { $n } times
    }
escalation-ack = An acknowledgement holds
escalation-fallback = When nobody is on call
escalation-fallback-hint = Paged when no step has anybody.
escalation-unused = No service has it.
escalation-assign = Give a service its escalation
escalation-without-title = Without escalation
escalation-without-text = Their owner is paged, three times, five minutes apart.
escalation-step = Step { $n }
escalation-page = Page
escalation-and = and
escalation-wait = Waits, minutes
escalation-more-steps = Steps without anybody are left out. Save to get a place for one more.
escalation-repeat = Start again, times
escalation-repeat-hint = After the last step.
escalation-ack-min = An acknowledgement holds, minutes
escalation-ack-hint = Then it climbs again, unless it is kept alive.
escalation-said-saved = The escalation is saved.
escalation-said-removed = The escalation is removed.
escalation-said-assigned = The service has its escalation.
target-rota = on call in
target-person = {""}
target-team = everybody in
status-page = Status page
status-works = Everything works.
status-down = Not working: { $parts }.
status-degraded = Slow or with mistakes: { $parts }.
status-maintained = Work as announced: { $parts }.
status-unknown = We do not know about: { $parts }.
status-stale = There is no current status since { $since }
status-nothing = There is no status yet.
status-now = What is going on
status-announced = Announced work
status-parts = Parts
status-word-up = works
status-word-down = does not work
status-word-degraded = slow or with mistakes
status-word-maintenance = work as announced
status-word-unknown = not known
status-word-stale = no current status
status-strip = { $name }, the last 90 days: { $measured } days measured, on { $troubled } of them something was wrong.
status-90-days = 90 days ago
status-today = today
status-days-text = { $measured ->
    [0] not measured yet
    *[other] { $troubled ->
        [0] no trouble on { $measured } days
        [one] trouble on 1 of { $measured } days
        *[other] trouble on { $troubled } of { $measured } days
        }
    }
status-history = The last 90 days
status-no-history = Nothing went wrong.
status-no-other-history = Nothing else went wrong.
status-disruption = Disruption
status-lasted = lasted { $span }
status-since-span = for { $span } now
status-noticed = We noticed it ourselves and are waking somebody.
status-taken = Somebody is working on it.
status-next-update = Next update:
status-as-of = Measured
status-preview = Only you see this page: it is not published.
status-settings-title = Status page of { $service }
status-settings-public = The public sees how { $service } is.
status-settings-hidden = The status page of { $service } is not public.
status-settings-none = { $service } has no status page yet.
status-heading = Title
status-heading-hint = What users call the service.
status-slug = Address
status-slug-hint = { $base }/status/… with small letters, digits and hyphens.
status-address = Address
status-public = Public
status-public-hint = Everybody may see it. Off: only people who run the service.
status-said-saved = The status page is saved.
status-shown-public = (public)
status-shown-hidden = (not public)
status-make = Make a status page
cell-say-taken = somebody works on it
cell-say-waiting = nobody has taken it on
field-not-after = It ends before it begins.
field-range = That is out of range.
respond-all = all
respond-client = Client
respond-day-monday = Monday
respond-day-tuesday = Tuesday
respond-day-wednesday = Wednesday
respond-day-thursday = Thursday
respond-day-friday = Friday
respond-day-saturday = Saturday
respond-day-sunday = Sunday
respond-declared-in = Declared in { $place }; change it there.
respond-edit = Change
respond-from = From
respond-name = Name
respond-no = no
respond-people = People
respond-person = Person
respond-remove = Remove
respond-save = Save
respond-since = Since
respond-teams = Teams
respond-until = Until
respond-yes = yes
respond-you = you
field-respond-not-the-name = That is not the name.
field-respond-zone = There is no such time zone.
field-slug = Small letters, digits and single hyphens.
