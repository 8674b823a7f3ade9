# Elk feit als zin. De namen na $ zijn de velden van het feit.

actor-tend = Tend
actor-operator = de opdrachtregel
actor-public = iemand met een link
actor-token = een programma met een sleutel
actor-somebody = iemand

fact-installation-prepared = De installatie is ingericht en wacht op de eerste beheerder
fact-client-added = Klant { $name } is toegevoegd
fact-client-changed = De klant is gewijzigd: { $changed }
fact-person-added = { $name } heeft een naam in Tend gekregen
fact-person-changed = Gegevens van { $person } zijn gewijzigd: { $changed }
fact-person-suspended = { $person } mag niet meer inloggen: { $reason }
fact-person-invited = { $person } is uitgenodigd
fact-administrator-made = { $person } is de eerste beheerder geworden
fact-signed-in = { $person } is ingelogd met { $with ->
    [password] een wachtwoord
    [link] een link uit een mail
    [totp] een wachtwoord en een code
    [recovery] een herstelcode
    [invitation] een uitnodiging
    [first] de eerste link
   *[other] { $with }
}
fact-sign-in-refused = Inloggen is geweigerd{ $person ->
    [none] { "" }
   *[other] {" "}voor { $person }
}: { $why }
fact-sign-in-link-asked = { $person } vroeg om een link om in te loggen
fact-signed-out = { $person } is uitgelogd
fact-password-set = { $person } heeft een wachtwoord ingesteld
fact-totp-set = { $person } heeft een tweede factor ingeschakeld
fact-totp-removed = De tweede factor van { $person } is uitgeschakeld
fact-role-granted = { $person } is nu { $role ->
    [admin] beheerder
    [service_owner] diensteigenaar
    [engineer] engineer
    [agent] agent
    [client_contact] contactpersoon van de klant
    [reader] lezer
   *[other] { $role }
}
fact-role-revoked = { $person } is geen { $role ->
    [admin] beheerder
    [service_owner] diensteigenaar
    [engineer] engineer
    [agent] agent
    [client_contact] contactpersoon van de klant
    [reader] lezer
   *[other] { $role }
} meer
fact-team-added = Team { $name } is toegevoegd
fact-team-changed = Het team is gewijzigd: { $changed }
fact-token-made = { $person } heeft sleutel { $name } gemaakt
fact-token-revoked = Een sleutel van { $person } is ingetrokken
fact-contact-method-added = { $person } heeft een manier om bereikt te worden toegevoegd: { $channel }
fact-contact-method-verified = Een manier om { $person } te bereiken werkt aantoonbaar
fact-contact-method-removed = Een manier om { $person } te bereiken is verwijderd
fact-contact-rules-changed = { $person } heeft gewijzigd hoe oproepen aankomen

fact-service-added = { $name } is toegevoegd, in fase { $phase }
fact-service-changed = De dienst is gewijzigd: { $changed }
fact-phase-entered = De fase ging van { $from } naar { $to }{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-component-added = Onderdeel { $name } is toegevoegd
fact-component-changed = Onderdeel { $name } is gewijzigd: { $changed }
fact-component-removed = Onderdeel { $name } is verwijderd
fact-environment-added = Omgeving { $name } is toegevoegd
fact-environment-removed = Omgeving { $name } is verwijderd
fact-dependency-added = { $from } hangt af van { $to }
fact-dependency-removed = { $from } hangt niet meer af van { $to }
fact-declaration-applied = Bestanden zijn toegepast: { $added } toegevoegd, { $changed } gewijzigd, { $removed } verwijderd

fact-probe-added = Controle { $name } is toegevoegd
fact-probe-changed = Controle { $name } is gewijzigd: { $changed }
fact-probe-removed = Controle { $name } is verwijderd
fact-probe-state-changed = { $name } { $to ->
    [up] werkt weer
    [degraded] is traag of werkt deels
    [down] werkt niet
    [pending] wacht op de eerste metingen
    [maintenance] is in onderhoud
    [unknown] is niet vast te stellen
   *[other] is { $to }
}{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-alert-raised = Alarm: { $title }{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-alert-cleared = Het alarm is voorbij{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-maintenance-planned = Onderhoud is gepland: { $title }
fact-maintenance-ended = Onderhoud is afgelopen: { $title }
fact-watch-blind = Tend kon een tijd niet meten: { $reason }

fact-incident-opened = Incident { $number } is geopend: { $title } (ernst { $severity })
fact-alert-joined = Nog een alarm sloot aan: { $title }
fact-alert-left = Een van de alarmen is voorbij: { $title }
fact-incident-acknowledged = { $person ->
    [none] Iemand heeft bevestigd
   *[other] { $person } heeft bevestigd
}{ $through ->
    [link] , met de link in de oproep
    [screen] { "" }
    [api] , via een programma
   *[other] { "" }
}
fact-acknowledgement-expired = De bevestiging{ $person ->
    [none] { "" }
   *[other] {" "}van { $person }
} is verlopen; de oproep klimt verder
fact-severity-changed = Ernst { $from } is { $to } geworden{ $reason ->
    [none] { "" }
   *[other] : { $reason }
}
fact-incident-renamed = Het heet nu: { $title }
fact-note-written = Er is een notitie geschreven
fact-update-published = Het publiek is ingelicht ({ $state })
fact-incident-resolved = Het is opgelost{ $reason ->
    [none] { "" }
    [alerts-cleared] { ": " }alle meldingen zijn voorbij
   *[other] : { $reason }
}
fact-incident-reopened = Het is heropend: { $reason ->
    [same-cause] hetzelfde faalt weer
   *[other] { $reason }
}
fact-escalation-climbed = De oproep klom naar stap { $step }: { $people }
fact-step-skipped = Bij stap { $step } had niemand dienst; die stap is overgeslagen
fact-nobody-on-call = Niemand had dienst; de achterwacht is opgeroepen: { $fallback }
fact-escalation-exhausted = Alle stappen zijn doorlopen en niemand heeft bevestigd
fact-page-requested = { $person } wordt opgeroepen
fact-page-sent = De oproep aan { $person } is afgeleverd per { $channel ->
    [mail] mail
    [push] push
    [chat] chat
    [sms] sms
   *[other] { $channel }
}{ $attempt ->
    [1] { "" }
   *[other] {" "}(poging { $attempt })
}
fact-page-attempt-failed = De oproep aan { $person } per { $channel ->
    [mail] mail
    [push] push
    [chat] chat
    [sms] sms
   *[other] { $channel }
} ging niet uit (poging { $attempt }): { $why }
fact-page-exhausted = De oproep aan { $person } bereikte niemand
fact-rota-changed = Rooster { $name } is gewijzigd: { $changed }
fact-override-added = { $person } valt in
fact-override-removed = Een invalbeurt is afgezegd
fact-escalation-changed = Escalatie { $name } is gewijzigd: { $changed }
fact-status-page-changed = De statuspagina is gewijzigd: { $changed }
fact-journey-added = Gebruikersreis { $name } is toegevoegd
fact-journey-changed = Gebruikersreis { $name } is gewijzigd: { $changed }
fact-journey-removed = Gebruikersreis { $name } is verwijderd
fact-source-added = Bron { $name } is toegevoegd
fact-source-changed = Bron { $name } is gewijzigd: { $changed }
fact-source-removed = Bron { $name } is verwijderd
fact-objective-added = Doel { $name } is toegevoegd: { $target }
fact-objective-changed = Doel { $name } is gewijzigd: { $changed }
fact-objective-removed = Doel { $name } is verwijderd
fact-budget-spent = Het budget van { $name } is op
fact-budget-restored = Er is weer budget voor { $name }
fact-subject-erased = Gewist wat bekend was van één { $kind ->
    [user] gebruiker
   *[other] zaak
}: { $rows ->
    [one] één gebeurtenis
   *[other] { $rows } gebeurtenissen
}
fact-capacity-added = Capaciteit { $name } is toegevoegd
fact-capacity-changed = Capaciteit { $name } is gewijzigd: { $changed }
fact-capacity-removed = Capaciteit { $name } is verwijderd
fact-capacity-scaled = Capaciteit { $name } ging van { $from } naar { $to }: { $reason }
fact-costs-changed = Kosten en instellingen van de vraag zijn gewijzigd: { $changed }
