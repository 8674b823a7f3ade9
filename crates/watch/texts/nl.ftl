# Probes, in het Nederlands.
watch-probes = Probes
watch-panel = Probes
watch-column-state = 90 dagen
watch-column-component = Toestand
watch-state-up = Werkt
watch-state-degraded = Verminderd
watch-state-down = Storing
watch-state-pending = In afwachting
watch-state-maintenance = Onderhoud
watch-state-unknown = Onbekend
watch-paused = gepauzeerd
watch-kind-http = Webadres
watch-kind-tcp = Poort
watch-kind-tls = Certificaat
watch-kind-dns = DNS
watch-kind-ping = Ping
watch-kind-heartbeat = Hartslag
watch-kind-http-text = Haalt een adres op en kijkt naar status, tekst, JSON, headers, snelheid en certificaat.
watch-kind-tcp-text = Maakt verbinding met een poort en kijkt desgewenst naar wat de server zegt.
watch-kind-tls-text = Kijkt naar een certificaat: of het vertrouwd is en hoeveel dagen het nog geldig is.
watch-kind-dns-text = Vraagt een naam op en vergelijkt desgewenst het antwoord.
watch-kind-ping-text = Stuurt een ICMP-echo naar een host.
watch-kind-heartbeat-text = Wacht op een teken van een taak van u en slaat alarm als het uitblijft.
watch-answer-none = Er wordt nog niets bewaakt.
watch-answer-probes-up =
    { $total ->
         [one] De enige probe is in orde.
        *[other] Alle { $total } probes zijn in orde.
    }
watch-answer-probes-down =
    { $n ->
         [one] Eén van { $total } probes meldt storing.
        *[other] { $n } van { $total } probes melden storing.
    }
watch-answer-probes-degraded =
    { $n ->
         [one] Geen storing; één van { $total } probes is verminderd.
        *[other] Geen storing; { $n } van { $total } probes zijn verminderd.
    }
watch-answer-probes-unknown =
    { $n ->
         [one] Van één van { $total } probes weet Tend het niet.
        *[other] Van { $n } van { $total } probes weet Tend het niet.
    }
watch-answer-up = { $name } werkt.
watch-answer-down = { $name } werkt niet.
watch-answer-degraded = { $name } werkt, maar niet zoals het hoort.
watch-answer-pending = { $name } wordt gecontroleerd.
watch-answer-unknown = Tend weet niet of { $name } werkt.
watch-answer-maintenance = { $name } is in gepland onderhoud.
watch-answer-paused = { $name } is gepauzeerd.
watch-filter-text = Naam of adres
watch-filter-state = Toestand
watch-filter-kind = Soort
watch-filter-client = Klant
watch-filter-all = Alle
watch-th-probe = Probe
watch-th-service = Dienst
watch-th-since = Sinds
watch-th-latency = Antwoordtijd
watch-th-recent = Laatste 3 uur
watch-th-checked = Laatste controle
watch-th-when = Wanneer
watch-th-said = Teken
watch-th-message = Bericht
watch-th-state = Toestand
watch-th-lasted = Duur
watch-th-why = Reden
watch-th-kind = Soort
watch-th-target = Adres
watch-th-title = Wat er gebeurt
watch-th-action = Actie
watch-spark = Antwoordtijd van { $name } over de laatste 3 uur
watch-none = Nog geen probes
watch-none-text = Een probe vraagt uw dienst of die werkt en slaat alarm als dat niet zo is. Probes horen bij een dienst.
watch-none-go = Kies een dienst
watch-no-match = Geen probe gevonden
watch-no-match-text = Er zijn probes, maar geen met deze filters.
watch-no-match-go = Toon alle probes
watch-add = Probe toevoegen
watch-all = Alle { $n } probes
watch-panel-none = Niemand kijkt of deze dienst werkt
watch-panel-none-text = Zonder probe hoort Tend alleen van mensen dat er iets niet werkt.
watch-and-others =
    { $n ->
         [one] en nog één
        *[other] en nog { $n }
    }
watch-strip = Beschikbaar { $share } van de gemeten tijd in 90 dagen
watch-edit = Wijzigen
watch-pause = Pauzeren
watch-resume = Hervatten
watch-stat-good = Beschikbaar, 90 dagen
watch-stat-good-hint = van de gemeten tijd
watch-stat-p50 = Mediane antwoordtijd
watch-stat-p95 = 95 % is sneller dan
watch-stat-checks = Controles
watch-stat-bad =
    { $n ->
         [one] één mislukt
        *[other] { $n } mislukt
    }
watch-stat-last = Laatste controle
watch-stat-every = elke { $every }
watch-declared = Vastgelegd in { $place }: wijzig het daar en pas de map toe.
watch-beat = Hoe de taak zich meldt
watch-beat-text = Laat de taak dit adres aanroepen telkens als hij klaar is, minstens elke { $every }. Wie het adres kent kan het aanroepen: behandel het als een wachtwoord.
watch-beat-more = De taak kan ook melden dat hij begint, en dat hij mislukt, met een kort bericht:
watch-beats = Tekens
watch-beats-none = Nog geen teken
watch-beats-none-text = De taak is pas te laat na zijn eerste teken.
watch-said-done = klaar
watch-said-started = begonnen
watch-said-failed = mislukt
watch-days = 90 dagen
watch-days-sum = In 90 dagen:
watch-day = { $percent } % goed, storing { $down } min, verminderd { $degraded } min
watch-day-good = Alle gemeten tijd was goed
watch-day-maintenance = Gepland onderhoud
watch-day-unknown = Tend kon niet kijken
watch-day-none = Niet gemeten
watch-latency = Antwoordtijd
watch-latency-label = Mediane antwoordtijd in milliseconden
watch-latency-none = In deze tijd is niets gemeten
watch-latency-none-text = Een gat is een gat: er waren geen controles, of geen kreeg antwoord.
watch-range-24h = 24 uur
watch-range-7d = 7 dagen
watch-range-90d = 90 dagen
watch-changes = Veranderingen
watch-changes-none = Er is nog niets gebeurd.
watch-csv = Download de geschiedenis als CSV
watch-failures = Laatste mislukte controles
watch-failures-none = Geen controle is mislukt.
watch-verdict-bad = mislukt
watch-verdict-poor = verminderd
watch-verdict-unknown = onbekend
watch-detail-status = Status
watch-detail-address = Antwoord van
watch-detail-certificate = Certificaat tot
watch-detail-headers = Ontvangen headers
watch-detail-body = Begin van het antwoord
watch-what = Wat wordt gecontroleerd
watch-component = Component
watch-environment = Omgeving
watch-severity = Ernst van het alarm
watch-severity-1 = 1, iedereen is getroffen
watch-severity-2 = 2, velen zijn getroffen
watch-severity-3 = 3, sommigen zijn getroffen
watch-severity-4 = 4, nog niemand merkt het
watch-every = Elke
watch-timeout = Tijdslimiet
watch-retries = Bevestig een storing
watch-retries-n =
    { $n ->
         [0] meteen
        *[one] met nog één controle na { $every }
    }
watch-recover = Bevestig herstel
watch-recover-n =
    { $n ->
         [one] met één goede controle
        *[other] met { $n } goede controles op rij
    }
watch-expects = Wat wordt verwacht
watch-only-degrades = alleen verminderd
watch-remove = Probe verwijderen
watch-remove-title = Deze probe verwijderen?
watch-remove-text = De geschiedenis verdwijnt mee en een lopend alarm wordt ingetrokken. Pauzeren bewaart de geschiedenis.
watch-expect-status = Status
watch-expect-text = Het antwoord bevat
watch-expect-absent = Het antwoord bevat niet
watch-expect-regex = Het antwoord past bij de reguliere expressie
watch-expect-json = In het JSON-antwoord
watch-expect-header = Header
watch-expect-latency = Sneller dan
watch-expect-certificate = Dagen over op het certificaat
watch-expect-connects = De poort neemt verbindingen aan
watch-expect-banner = De server zegt
watch-expect-trusted = Het certificaat is vertrouwd
watch-expect-valid = Het certificaat is niet verlopen
watch-expect-answer = Het antwoord heeft
watch-expect-echo = De host antwoordt
watch-expect-beat = De taak meldt zich op tijd
watch-form-new = Nieuwe probe
watch-form-new-for = Nieuwe probe voor { $service }
watch-form-change = { $name } wijzigen
watch-name = Naam
watch-name-hint = Wat mensen in een alarm zien, zoals: startpagina
watch-url = Adres
watch-status-hint = Zoals 200, 2xx of 200-204; leeg is 2xx
watch-lines-hint = Eén per regel; alles moet kloppen
watch-degrades-hint = Vermindert de probe alleen als het niet klopt
watch-json-hint = Eén per regel: $.status = ok, $.queue.length < 10, $.version exists
watch-header-hint = Eén per regel, met een tekst die erin staat: content-type: text/html
watch-headers = Headers om te sturen
watch-headers-hint = Eén per regel: naam: waarde. Waarden worden niet meer getoond; ••• behoudt de huidige
watch-method = Methode
watch-body = Inhoud om te sturen
watch-verify-tls = Een onbetrouwbaar certificaat is een storing
watch-more-expectations = Meer: JSON, headers, methode, inhoud
watch-more-plan = Meer: tijdslimiet, bevestiging
watch-host-port = Host en poort
watch-host = Host
watch-send = Tekst om te sturen
watch-dns-name = Naam om op te vragen
watch-record = Record
watch-server = Server om te vragen; leeg is die van het systeem
watch-grace = Speling
watch-grace-hint = Hoeveel later dan het interval een teken mag komen, zoals 15m
watch-every-hint = Zoals 30s, 5m of 1d
watch-retries-hint = Hoeveel controles er nog moeten mislukken voordat het een storing is
watch-retry-every = Na
watch-recover-hint = Hoeveel controles op rij goed moeten zijn voordat het weer werkt
watch-save = Opslaan
watch-try = Nu proberen
watch-cancel = Annuleren
watch-tried-good = Het werkt
watch-tried-poor = Het werkt, maar niet zoals het hoort
watch-tried-bad = Het werkt niet
watch-tried-unknown = Tend kon niet kijken
watch-probe-added = { $name } wordt nu bewaakt.
watch-probe-changed = { $name } is opgeslagen.
watch-probe-paused = { $name } is gepauzeerd.
watch-probe-resumed = { $name } wordt weer bewaakt.
watch-probe-removed = { $name } is verwijderd.
watch-maintenance = Onderhoud
watch-maintenance-none = Er is geen onderhoud van { $service } gepland.
watch-maintenance-now = { $service } is in onderhoud.
watch-maintenance-some =
    { $n ->
         [one] Er is onderhoud van { $service } gepland.
        *[other] Er is { $n } keer onderhoud van { $service } gepland.
    }
watch-maintenance-planned-list = Gepland
watch-maintenance-empty = Er is niets gepland
watch-maintenance-empty-text = Tijdens gepland onderhoud blijven de probes meten, maar ze slaan geen alarm.
watch-maintenance-plan = Onderhoud plannen
watch-maintenance-title-hint = Wat mensen op de schermen lezen, zoals: nieuwe database
watch-maintenance-end = Nu beëindigen
watch-maintenance-call-off = Afblazen
watch-maintenance-planned = Het onderhoud is gepland.
watch-maintenance-ended = Het onderhoud is beëindigd.
watch-from = Van
watch-until = Tot
watch-field-url = Dit is geen http- of https-adres.
watch-field-host = Dit is geen hostnaam of adres.
watch-field-host-port = Schrijf host:poort, zoals db.example:5432.
watch-field-too-often = Het kortste interval is 5 seconden.
watch-field-too-rare = Het langste is { $value }.
watch-field-timeout = De tijdslimiet moet korter zijn dan het interval.
watch-field-timeout-span = Een tijdslimiet is van 100 ms tot 1 minuut.
watch-field-regex = Deze reguliere expressie is niet te lezen: { $value }
watch-field-path = Dit JSON-pad is niet te lezen: { $value }
watch-field-too-many = Hooguit { $value } hiervan.
watch-field-too-long = Hooguit { $value } tekens.
watch-field-header = “{ $value }” is geen header; schrijf naam: waarde.
watch-field-method = Gebruik GET, HEAD, POST, PUT of OPTIONS.
watch-field-range = Dit moet { $value } zijn.
watch-field-span = “{ $value }” is geen tijdsduur; schrijf bijvoorbeeld 30s, 5m of 1d.
watch-field-number = “{ $value }” is geen geheel getal.
watch-field-status = “{ $value }” is geen status; schrijf bijvoorbeeld 200, 2xx of 200-204.
watch-field-component = Dit component bestaat niet.
watch-field-confirm = Dit is niet de naam van de probe.
watch-field-zone = Deze tijdzone bestaat niet.
watch-field-instant = Dit is geen datum en tijd.
watch-field-until = Het einde moet na het begin liggen, en niet in het verleden.
watch-field-longest = Onderhoud duurt hooguit 14 dagen.
watch-reason-status = status { $got }, verwacht { $wanted }
watch-reason-text-missing = het antwoord bevat “{ $wanted }” niet
watch-reason-text-found = het antwoord bevat “{ $wanted }”
watch-reason-regex = het antwoord past niet bij { $wanted }
watch-reason-json = JSON { $wanted }, kreeg { $got }
watch-reason-header = header { $wanted }, kreeg { $got }
watch-reason-latency = duurde { $got }, hoort onder { $wanted } te zijn
watch-reason-certificate = het certificaat is nog { $got } dagen geldig, hoort { $wanted } te zijn
watch-reason-untrusted = het certificaat is niet vertrouwd: { $got }
watch-reason-answer = het DNS-antwoord is { $got }, verwacht { $wanted }
watch-reason-banner = de server zei { $got }, verwacht { $wanted }
watch-reason-too-large = het antwoord is groter dan { $wanted }
watch-reason-name = de naam is niet te vinden
watch-reason-refused = verbinding geweigerd
watch-reason-timed-out = geen antwoord binnen { $wanted }
watch-reason-broken = de verbinding brak af
watch-reason-tls = TLS mislukte: { $got }
watch-reason-redirect = een doorverwijzing was niet te volgen: { $got }
watch-reason-protocol = het antwoord klopt niet: { $got }
watch-reason-late = geen teken sinds { $got }, verwacht elke { $wanted }
watch-reason-job-failed = de taak meldde een fout: { $got }
watch-reason-guarded = dit adres mag niet worden bevraagd: { $got }
watch-reason-own = Tend kon niet controleren: { $got }
watch-reason-no-way-out = Tend heeft geen weg naar buiten: { $got }
watch-reason-stopped = Tend was niet actief
watch-reason-clock-set = de klok van de machine van Tend is verzet
watch-reason-paused = gepauzeerd
watch-reason-new = nog niet gecontroleerd
watch-reason-planned = gepland onderhoud: { $got }
