services-title = Services
services-none = There is no service yet.
services-all-work = { $n ->
    [one] The service works.
   *[other] All { $n } services work.
}
services-work = { $n ->
    [one] One service works;
   *[other] { $n } services work;
}
services-unwatched = { $n ->
    [one] one is not watched yet.
   *[other] { $n } are not watched yet.
}
services-all-unwatched = { $n ->
    [one] The service is not watched yet.
   *[other] None of the { $n } services is watched yet.
}
services-bad = { $n } of { $total } services need a person:
services-and-more = and { $n } more
services-empty = Nothing is run here yet
services-empty-next = Add the first service here, or describe it in a file and apply the folder:
services-all-clients = All clients
services-all-phases = All but archived
services-all-states = All states
services-attention = Needs a person
services-not-watched = Not watched
services-no-match = No service fits this filter
services-no-match-next = Archived services show only when the phase is chosen.
services-show-all = Show all services
services-need-this = Services that need this

estate-service = Service
service-new = Add a service
service-new-question = What is to be run?
service-edit = Change { $name }
service-add = Add the service
service-works = { $name } works.
service-archived = { $name } is archived.
service-not-watched = { $name } is not watched yet.
service-is-up = works
service-is-down = is down
service-is-degraded = is slow or works in part
service-is-unknown = cannot be told
service-is-maintenance = is in maintenance
service-is-pending = waits for its first checks
service-needs-a-person = needs a person
service-picture = What depends on what
service-paged = { $people } is paged
service-in-hand = somebody is on it
service-nobody-paged = nobody is on call for it
service-name-hint = As its users call it.
service-client-hint = The organisation whose service it is. It cannot be changed later, because everything about the service stands within that client's wall.
service-description-hint = What people come to do with it, in a sentence or two.
service-needs-client = A service belongs to a client
service-needs-client-next = There is none for which you may add services.
service-to-clients = To the clients
service-added = The service was added.
service-changed = The service was changed.

estate-save = Save
estate-cancel = Cancel
estate-since = since
estate-state = State
estate-client = Client
estate-changed = Changed
estate-name = Name
estate-description = Description
estate-reason = Reason
estate-change = Change
estate-remove = Remove
estate-actions = Actions
estate-about = About
estate-declared = Declared
estate-declared-in = Declared in { $place }
estate-declared-read-only = Declared in a file, so it is changed there.
estate-on-screen = on screen

estate-phase = Phase
phase-discovery = Discovery
phase-alpha = Alpha
phase-beta = Beta
phase-live = Live
phase-retiring = Retiring
phase-archived = Archived
phase-change = Enter a phase
phase-change-title = Another phase for { $name }
phase-now = It is now in: { $phase }.
phase-next = It enters
phase-enter = Enter the phase
phase-reason-hint = What was decided, by whom. It stays in the history.
phase-entered = The service entered the phase.
estate-life-title = Life
estate-life-empty = No phase was recorded.

estate-owner = Owner
estate-owner-nobody = Nobody
estate-owner-hint = The person who answers for it.
estate-ownership = Owned by
estate-ownership-client = the client
estate-ownership-operator = the operator
estate-ownership-shared = both, by contract
estate-ownership-hint = Who owns the service and what was made for it, and so decides whether it may move.
estate-consumers = Used by
estate-consumers-hint = Who uses what it offers: users, other organisations, other services.
estate-end-of-life = Ends on
estate-end-of-life-hint = If it is known already: a contract lapses, a product is replaced.

estate-component = Component
components-title = Components
components-of = Components of { $name }
components-n = { $n ->
    [0] no components
    [one] 1 component
   *[other] { $n } components
}
components-empty = It has no components yet
components-empty-next = Components are the parts that can fail one by one. Probes say which part they look at.
component-add = Add a component
component-added = The component was added.
component-change = Change { $name }
component-changed = The component was changed.
component-remove = Remove { $name }?
component-remove-why = What depends on it, and what it depends on, is forgotten with it. Its facts stay.
component-removed = The component was removed.
component-not-watched = { $name } is not watched by a probe of its own.
estate-graph-label = What { $name } is made of and depends on
estate-needs = Depends on
estate-needs-nothing = It depends on nothing that is declared.
estate-needed-by = Needed by
estate-needed-by-nothing = Nothing that you may see depends on it.

estate-environment = Environment
environment-none = Anywhere
environments-title = Environments
environments-empty = None was named.
environment-add = Add an environment
environment-added = The environment was added.
environment-removed = The environment was removed.

dependencies-title = Dependencies
dependencies-empty = It depends on nothing, and nothing you may see depends on it.
dependency-from = This
dependency-to = depends on
dependency-add = Add a dependency
dependency-added = The dependency was added.
dependency-removed = The dependency was removed.
dependency-hidden = something of another client

estate-people-title = People
estate-people-empty = Nobody has a part in this service yet.
estate-role-admin = administrator
estate-role-service-owner = service owner
estate-role-engineer = engineer
estate-role-agent = agent
estate-role-client-contact = client contact
estate-role-reader = reader

estate-timeline = Timeline
estate-timeline-title = What happened to { $name }
estate-timeline-all = All that happened
estate-timeline-kind = Show
estate-timeline-kind-all = Everything
estate-timeline-kind-estate = What it is
estate-timeline-kind-watch = What was seen
estate-timeline-kind-respond = What was done
estate-timeline-kind-people = People

field-client-stays = A service stays with its client.
field-phase-cannot-follow = { $to } cannot follow { $from }.
field-no-slash = Without a slash: it stands between a service and its component.
field-circle = That closes a circle: { $way }.
field-estate-bad-day = Write the day as 2029-12-31.
field-estate-unknown-environment = This service has no such environment.
field-estate-unknown-person = There is no such person.
field-estate-unknown-part = There is no such service or component.
field-estate-not-the-name = That is not the name.

problem-service-declared =
    .title = It is declared in a file
    .detail = It stands in { $place } and is changed there, so that the file stays true. Nothing was changed here.

noun-service = service
noun-component = component
noun-environment = environment
noun-dependency = dependency
