# Probes, in English.
watch-probes = Probes
watch-panel = Probes
watch-column-state = 90 days
watch-column-component = State
watch-state-up = Up
watch-state-degraded = Degraded
watch-state-down = Down
watch-state-pending = Pending
watch-state-maintenance = Maintenance
watch-state-unknown = Unknown
watch-paused = paused
watch-kind-http = Web address
watch-kind-tcp = Port
watch-kind-tls = Certificate
watch-kind-dns = DNS
watch-kind-ping = Ping
watch-kind-heartbeat = Heartbeat
watch-kind-http-text = Fetches an address and looks at status, text, JSON, headers, speed and certificate.
watch-kind-tcp-text = Opens a connection to a port, and looks at what the server says if you like.
watch-kind-tls-text = Looks at a certificate: whether it is trusted, and how many days it has left.
watch-kind-dns-text = Asks for a name, and compares the answer if you like.
watch-kind-ping-text = Sends an ICMP echo to a host.
watch-kind-heartbeat-text = Waits for a call from a job of yours, and raises an alert when it does not come.
watch-answer-none = Nothing is watched yet.
watch-answer-probes-up =
    { $total ->
         [one] The only probe is fine.
        *[other] All { $total } probes are fine.
    }
watch-answer-probes-down =
    { $n ->
         [one] One probe of { $total } is down.
        *[other] { $n } of { $total } probes are down.
    }
watch-answer-probes-degraded =
    { $n ->
         [one] Nothing is down; one probe of { $total } is degraded.
        *[other] Nothing is down; { $n } of { $total } probes are degraded.
    }
watch-answer-probes-unknown =
    { $n ->
         [one] Tend cannot tell for one probe of { $total }.
        *[other] Tend cannot tell for { $n } of { $total } probes.
    }
watch-answer-up = { $name } works.
watch-answer-down = { $name } does not work.
watch-answer-degraded = { $name } works, but not as it should.
watch-answer-pending = { $name } is being checked.
watch-answer-unknown = Tend cannot tell whether { $name } works.
watch-answer-maintenance = { $name } is in planned maintenance.
watch-answer-paused = { $name } is paused.
watch-filter-text = Name or address
watch-filter-state = State
watch-filter-kind = Kind
watch-filter-client = Client
watch-filter-all = All
watch-th-probe = Probe
watch-th-service = Service
watch-th-since = Since
watch-th-latency = Latency
watch-th-recent = Last 3 hours
watch-th-checked = Last check
watch-th-when = When
watch-th-said = Call
watch-th-message = Message
watch-th-state = State
watch-th-lasted = Lasted
watch-th-why = Reason
watch-th-kind = Kind
watch-th-target = Address
watch-th-title = What is done
watch-th-action = Action
watch-spark = Latency of { $name } over the last 3 hours
watch-none = No probes yet
watch-none-text = A probe asks your service whether it works, and raises an alert when it does not. Probes belong to a service.
watch-none-go = Choose a service
watch-no-match = No probe matches
watch-no-match-text = There are probes, but none with these filters.
watch-no-match-go = Show all probes
watch-add = Add probe
watch-all = All { $n } probes
watch-panel-none = Nobody looks whether this service works
watch-panel-none-text = Without a probe Tend learns of a failure only from people.
watch-and-others =
    { $n ->
         [one] and one more
        *[other] and { $n } more
    }
watch-strip = Available { $share } of the measured time in 90 days
watch-edit = Edit
watch-pause = Pause
watch-resume = Resume
watch-stat-good = Available, 90 days
watch-stat-good-hint = of the measured time
watch-stat-p50 = Median latency
watch-stat-p95 = 95 % are faster than
watch-stat-checks = Checks
watch-stat-bad =
    { $n ->
         [one] one failed
        *[other] { $n } failed
    }
watch-stat-last = Last check
watch-stat-every = every { $every }
watch-declared = Declared in { $place }: change it there, and apply the folder.
watch-beat = How the job calls
watch-beat-text = Let the job call this address each time it is done, at least every { $every }. Anybody who knows the address can call it: treat it like a password.
watch-beat-more = It may also say that it began, and that it failed, with a short message:
watch-beats = Calls
watch-beats-none = No call yet
watch-beats-none-text = The job is not late before its first call.
watch-said-done = done
watch-said-started = began
watch-said-failed = failed
watch-days = 90 days
watch-days-sum = In 90 days:
watch-day = { $percent } % good, down { $down } min, degraded { $degraded } min
watch-day-good = All measured time was good
watch-day-maintenance = Planned maintenance
watch-day-unknown = Tend could not look
watch-day-none = Not measured
watch-latency = Latency
watch-latency-label = Median latency in milliseconds
watch-latency-none = Nothing measured in this time
watch-latency-none-text = A gap is a gap: no checks were made, or none got an answer.
watch-range-24h = 24 hours
watch-range-7d = 7 days
watch-range-90d = 90 days
watch-changes = Changes of state
watch-changes-none = Nothing has happened yet.
watch-csv = Download the history as CSV
watch-failures = Last failed checks
watch-failures-none = No check has failed.
watch-verdict-bad = failed
watch-verdict-poor = degraded
watch-verdict-unknown = unknown
watch-detail-status = Status
watch-detail-address = Answered by
watch-detail-certificate = Certificate until
watch-detail-headers = Headers that came back
watch-detail-body = Start of the answer
watch-what = What is checked
watch-component = Component
watch-environment = Environment
watch-severity = Severity of the alert
watch-severity-1 = 1, everybody is affected
watch-severity-2 = 2, many are affected
watch-severity-3 = 3, some are affected
watch-severity-4 = 4, nobody notices yet
watch-every = Every
watch-timeout = Time-out
watch-retries = Confirm a failure
watch-retries-n =
    { $n ->
         [0] at once
        *[one] by one more check after { $every }
    }
watch-recover = Confirm a recovery
watch-recover-n =
    { $n ->
         [one] by one good check
        *[other] by { $n } good checks in a row
    }
watch-expects = What it expects
watch-only-degrades = only degrades
watch-remove = Remove probe
watch-remove-title = Remove this probe?
watch-remove-text = Its history goes with it, and an alert that is out is cleared. Pausing keeps the history.
watch-expect-status = Status
watch-expect-text = The answer contains
watch-expect-absent = The answer does not contain
watch-expect-regex = The answer matches the regular expression
watch-expect-json = In the JSON answer
watch-expect-header = Header
watch-expect-latency = Faster than
watch-expect-certificate = Days left on the certificate
watch-expect-connects = The port takes connections
watch-expect-banner = The server says
watch-expect-trusted = The certificate is trusted
watch-expect-valid = The certificate has not run out
watch-expect-answer = The answer has
watch-expect-echo = The host answers
watch-expect-beat = The job calls in time
watch-form-new = New probe
watch-form-new-for = New probe for { $service }
watch-form-change = Change { $name }
watch-name = Name
watch-name-hint = What people see in an alert, such as: start page
watch-url = Address
watch-status-hint = Such as 200, 2xx or 200-204; 2xx when empty
watch-lines-hint = One a line; all must hold
watch-degrades-hint = Only degrades the probe when it does not hold
watch-json-hint = One a line: $.status = ok, $.queue.length < 10, $.version exists
watch-header-hint = One a line, with a text it contains: content-type: text/html
watch-headers = Headers to send
watch-headers-hint = One a line: name: value. Values are not shown again; ••• keeps the one that is there
watch-method = Method
watch-body = Body to send
watch-verify-tls = A certificate that cannot be trusted is a failure
watch-more-expectations = More: JSON, headers, method, body
watch-more-plan = More: time-out, confirmation
watch-host-port = Host and port
watch-host = Host
watch-send = Text to send
watch-dns-name = Name to ask for
watch-record = Record
watch-server = Server to ask; the system's when empty
watch-grace = Grace
watch-grace-hint = How much later than the interval a call may come, such as 15m
watch-every-hint = Such as 30s, 5m or 1d
watch-retries-hint = How many more checks must fail before it counts as down
watch-retry-every = After
watch-recover-hint = How many checks in a row must pass before it counts as up
watch-save = Save
watch-try = Try it now
watch-cancel = Cancel
watch-tried-good = It works
watch-tried-poor = It works, but not as it should
watch-tried-bad = It does not work
watch-tried-unknown = Tend could not look
watch-probe-added = { $name } is watched now.
watch-probe-changed = { $name } is saved.
watch-probe-paused = { $name } is paused.
watch-probe-resumed = { $name } is watched again.
watch-probe-removed = { $name } is removed.
watch-maintenance = Maintenance
watch-maintenance-none = No maintenance of { $service } is planned.
watch-maintenance-now = { $service } is in maintenance.
watch-maintenance-some =
    { $n ->
         [one] Maintenance of { $service } is planned.
        *[other] Maintenance of { $service } is planned { $n } times.
    }
watch-maintenance-planned-list = Planned
watch-maintenance-empty = Nothing is planned
watch-maintenance-empty-text = During planned maintenance the probes go on measuring, and raise no alert.
watch-maintenance-plan = Plan maintenance
watch-maintenance-title-hint = What people read on the screens, such as: new database
watch-maintenance-end = End now
watch-maintenance-call-off = Call off
watch-maintenance-planned = The maintenance is planned.
watch-maintenance-ended = The maintenance has ended.
watch-from = From
watch-until = Until
watch-field-url = This is not an http or https address.
watch-field-host = This is not a host name or address.
watch-field-host-port = Write host:port, such as db.example:5432.
watch-field-too-often = The shortest interval is 5 seconds.
watch-field-too-rare = The longest is { $value }.
watch-field-timeout = The time-out must be shorter than the interval.
watch-field-timeout-span = A time-out is from 100 ms to 1 minute.
watch-field-regex = This regular expression cannot be read: { $value }
watch-field-path = This JSON path cannot be read: { $value }
watch-field-too-many = No more than { $value } of these.
watch-field-too-long = At most { $value } characters.
watch-field-header = “{ $value }” is not a header; write name: value.
watch-field-method = Use GET, HEAD, POST, PUT or OPTIONS.
watch-field-range = This must be { $value }.
watch-field-span = “{ $value }” is not a span of time; write for example 30s, 5m or 1d.
watch-field-number = “{ $value }” is not a whole number.
watch-field-status = “{ $value }” is not a status; write for example 200, 2xx or 200-204.
watch-field-component = There is no such component.
watch-field-confirm = This is not the name of the probe.
watch-field-zone = There is no such time zone.
watch-field-instant = This is not a date and time.
watch-field-until = The end must be after the start, and not in the past.
watch-field-longest = Maintenance lasts at most 14 days.
watch-reason-status = status { $got }, expected { $wanted }
watch-reason-text-missing = the answer does not contain “{ $wanted }”
watch-reason-text-found = the answer contains “{ $wanted }”
watch-reason-regex = the answer does not match { $wanted }
watch-reason-json = JSON { $wanted }, got { $got }
watch-reason-header = header { $wanted }, got { $got }
watch-reason-latency = took { $got }, should be under { $wanted }
watch-reason-certificate = the certificate has { $got } days left, should have { $wanted }
watch-reason-untrusted = the certificate is not trusted: { $got }
watch-reason-answer = the DNS answer is { $got }, expected { $wanted }
watch-reason-banner = the server said { $got }, expected { $wanted }
watch-reason-too-large = the answer is larger than { $wanted }
watch-reason-name = the name does not resolve
watch-reason-refused = connection refused
watch-reason-timed-out = no answer within { $wanted }
watch-reason-broken = the connection broke
watch-reason-tls = TLS failed: { $got }
watch-reason-redirect = a redirect could not be followed: { $got }
watch-reason-protocol = the answer is malformed: { $got }
watch-reason-late = no call since { $got }, one was due every { $wanted }
watch-reason-job-failed = the job reported failure: { $got }
watch-reason-guarded = this address may not be probed: { $got }
watch-reason-own = Tend could not check: { $got }
watch-reason-no-way-out = Tend has no way out: { $got }
watch-reason-stopped = Tend was not running
watch-reason-clock-set = the clock of Tend’s machine was set
watch-reason-paused = paused
watch-reason-new = not checked yet
watch-reason-planned = planned maintenance: { $got }
