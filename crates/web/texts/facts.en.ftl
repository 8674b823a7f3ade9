# Every fact as a sentence. The names after $ are the fields of the fact.

actor-tend = Tend
actor-operator = the command line
actor-public = somebody with a link
actor-token = a program with a token
actor-somebody = somebody

fact-installation-prepared = The installation was set up and waits for its first administrator
fact-client-added = Client { $name } was added
fact-client-changed = The client changed: { $changed }
fact-person-added = { $name } was given a name in Tend
fact-person-changed = { $person } changed: { $changed }
fact-person-suspended = { $person } may no longer sign in: { $reason }
fact-person-invited = { $person } was invited
fact-administrator-made = { $person } became the first administrator
fact-signed-in = { $person } signed in with { $with ->
    [password] a password
    [link] a link from a mail
    [totp] a password and a code
    [recovery] a code to recover
    [invitation] an invitation
    [first] the first link
   *[other] { $with }
}
fact-sign-in-refused = A sign-in was refused{ $person ->
    [none] { "" }
   *[other] {" "}for { $person }
}: { $why }
fact-sign-in-link-asked = { $person } asked for a link to sign in
fact-signed-out = { $person } signed out
fact-password-set = { $person } set a password
fact-totp-set = { $person } switched on a second factor
fact-totp-removed = The second factor of { $person } was switched off
fact-role-granted = { $person } became { $role ->
    [admin] administrator
    [service_owner] service owner
    [engineer] engineer
    [agent] agent
    [client_contact] client contact
    [reader] reader
   *[other] { $role }
}
fact-role-revoked = { $person } is no longer { $role ->
    [admin] administrator
    [service_owner] service owner
    [engineer] engineer
    [agent] agent
    [client_contact] client contact
    [reader] reader
   *[other] { $role }
}
fact-team-added = Team { $name } was added
fact-team-changed = The team changed: { $changed }
fact-token-made = { $person } made the token { $name }
fact-token-revoked = A token of { $person } was withdrawn
fact-contact-method-added = { $person } added a way to be reached: { $channel }
fact-contact-method-verified = A way to reach { $person } was proved to work
fact-contact-method-removed = A way to reach { $person } was removed
fact-contact-rules-changed = { $person } changed how pages reach them

fact-service-added = { $name } was added, in { $phase }
fact-service-changed = The service changed: { $changed }
fact-phase-entered = The phase went from { $from } to { $to }{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-component-added = Component { $name } was added
fact-component-changed = Component { $name } changed: { $changed }
fact-component-removed = Component { $name } was removed
fact-environment-added = Environment { $name } was added
fact-environment-removed = Environment { $name } was removed
fact-dependency-added = { $from } depends on { $to }
fact-dependency-removed = { $from } no longer depends on { $to }
fact-declaration-applied = Files were applied: { $added } added, { $changed } changed, { $removed } removed

fact-probe-added = Probe { $name } was added
fact-probe-changed = Probe { $name } changed: { $changed }
fact-probe-removed = Probe { $name } was removed
fact-probe-state-changed = { $name } { $to ->
    [up] is up again
    [degraded] is slow or works in part
    [down] is down
    [pending] waits for its first checks
    [maintenance] is in maintenance
    [unknown] cannot be told
   *[other] is { $to }
}{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-alert-raised = { $title }{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-alert-cleared = The alert cleared{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-maintenance-planned = Maintenance was planned: { $title }
fact-maintenance-ended = Maintenance ended: { $title }
fact-watch-blind = Tend could not watch for a while: { $reason }

fact-incident-opened = Incident { $number } was opened: { $title } (severity { $severity })
fact-alert-joined = Another alert joined: { $title }
fact-alert-left = One of the alerts cleared: { $title }
fact-incident-acknowledged = { $person ->
    [none] Somebody acknowledged
   *[other] { $person } acknowledged
}{ $through ->
    [link] , by the link in the page
    [screen] { "" }
    [api] , by a program
   *[other] { "" }
}
fact-acknowledgement-expired = The acknowledgement{ $person ->
    [none] { "" }
   *[other] {" "}of { $person }
} expired; the page climbs again
fact-severity-changed = Severity { $from } became { $to }{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-incident-renamed = It is now called: { $title }
fact-note-written = A note was written
fact-update-published = The public was told ({ $state })
fact-incident-resolved = It was resolved{ $reason ->
    [none] { "" }
    [alerts-cleared] { ": " }all alerts cleared
   *[other] : { $reason }
}
fact-incident-reopened = It was reopened: { $reason ->
    [same-cause] the same thing failed again
   *[other] { $reason }
}
fact-escalation-climbed = The page climbed to step { $step }: { $people }
fact-step-skipped = Step { $step } had nobody on call and was skipped
fact-nobody-on-call = Nobody was on call; the fallback is paged: { $fallback }
fact-escalation-exhausted = All steps were climbed and nobody acknowledged
fact-page-requested = { $person } is paged
fact-page-sent = The page to { $person } was handed over by { $channel ->
    [mail] mail
    [push] push
    [chat] chat
    [sms] SMS
   *[other] { $channel }
}{ $attempt ->
    [1] { "" }
   *[other] {" "}(attempt { $attempt })
}
fact-page-attempt-failed = The page to { $person } by { $channel ->
    [mail] mail
    [push] push
    [chat] chat
    [sms] SMS
   *[other] { $channel }
} did not go out (attempt { $attempt }): { $why }
fact-page-exhausted = The page to { $person } reached nobody
fact-rota-changed = Rota { $name } changed: { $changed }
fact-override-added = { $person } stands in
fact-override-removed = A stand-in was called off
fact-escalation-changed = Escalation { $name } changed: { $changed }
fact-status-page-changed = The status page changed: { $changed }
fact-journey-added = Journey { $name } was added
fact-journey-changed = Journey { $name } changed: { $changed }
fact-journey-removed = Journey { $name } was removed
fact-source-added = Source { $name } was added
fact-source-changed = Source { $name } changed: { $changed }
fact-source-removed = Source { $name } was removed
fact-objective-added = Objective { $name } was added: { $target }
fact-objective-changed = Objective { $name } changed: { $changed }
fact-objective-removed = Objective { $name } was removed
fact-budget-spent = The budget of { $name } is used up
fact-budget-restored = There is budget again for { $name }
fact-subject-erased = Erased what was known of one { $kind ->
    [user] user
   *[other] case
}: { $rows ->
    [one] one event
   *[other] { $rows } events
}
fact-capacity-added = Capacity { $name } was added
fact-capacity-changed = Capacity { $name } changed: { $changed }
fact-capacity-removed = Capacity { $name } was removed
fact-capacity-scaled = Capacity { $name } went from { $from } to { $to }: { $reason }
fact-costs-changed = Costs and demand settings changed: { $changed }
