system-title = System
system-answer-fine = Tend works, and every task runs on time.
system-answer-troubled = { $n ->
    [one] One task is in trouble.
   *[other] { $n } tasks are in trouble.
}
system-operator = Settings of the operator
system-version = Version
system-started = Started
system-database = Database
system-size = On disk
system-facts = Facts
system-events = Events
system-events-size = Events on disk
system-events-refused = No events are taken at the moment:
system-tasks = Tasks
system-troubled = Tasks in trouble
system-troubled-none = Nothing to do here
system-troubled-none-text = Every task ran on time and without a failure.
system-more = Look further
system-api = API reference
system-metrics = Metrics for Prometheus
system-tasks-title = Tasks
system-tasks-answer = { $n ->
    [one] One task runs by itself.
   *[other] { $n } tasks run by themselves, in the direction of the data.
}
system-tasks-none = No task has been started
system-tasks-none-text = Tasks run in the process that serves; this one only answers.
system-task = Task
system-task-stage = Stage
system-task-state = State
system-task-running = running
system-task-failed = failed
system-task-waiting = waits
system-task-fine = fine
system-task-last = Last run
system-task-next = Next
system-task-took = Took
system-task-runs = Runs
system-task-failures = Failures
system-task-did = Did
system-task-error = Why
system-stage-signal = Signal
system-stage-fact = Fact
system-stage-evaluate = Evaluate
system-stage-act = Act
system-stage-report = Report
system-audit-title = Audit
system-audit-answer = Everything that happened, newest first
system-audit-verify = Each line carries the hash of the one before it. "tend audit verify" reads the whole chain and says where it was changed.
system-audit-seq = Number
system-audit-at = When
system-audit-who = Who
system-audit-what = What
system-audit-data = Data
system-audit-none = Nothing has happened yet
system-audit-none-text = The first fact is recorded with the first change.
