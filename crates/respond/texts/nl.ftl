noun-incident = incident
noun-rota = rooster
noun-escalation = escalatie
incidents-title = Incidenten
incidents-none-open = Er is geen incident open.
incidents-all-taken = { $n ->
    [one] Eén incident is open, en er werkt iemand aan.
    *[other] { $n } incidenten zijn open, en aan elk werkt iemand.
    }
incidents-open = { $n ->
    [one] Eén incident is open; niemand heeft het opgepakt.
    *[other] { $n } incidenten zijn open; { $unacknowledged } heeft niemand opgepakt.
    }
incidents-none-found = Geen incident past.
incidents-none-found-text = Probeer minder woorden, of bekijk ze allemaal.
incidents-all = Alle incidenten
incidents-never = Er was nog nooit een incident.
incidents-never-text = Als een probe faalt, opent er vanzelf een incident en wordt wie dienst heeft gewekt. Kijk wie dat is.
incidents-recent = Onlangs opgelost
incident-open = Open een incident
incident-open-title = Open een incident
incident-open-and-page = Open en wek wie dienst heeft
incident-what = Wat is er aan de hand
incident-what-hint = In de woorden van de gebruikers: "Betalen werkt niet".
incident-first-note = Wat weet u al?
incident-first-note-hint = Wordt de eerste notitie op de tijdlijn.
incident-no-services = Er is geen dienst waarop u er een mag openen.
incident-no-services-text = Incidenten horen bij een dienst.
incident-services = Diensten
incident-number = Nummer
incident-lasted = Duurde
incident-detected = Gevonden door
incident-by-us = een probe
incident-by-hand = een mens
incident-state-now = niet opgelost
incident-paging-waiting = wekt
incident-paging-nobody = niemand te wekken
incident-paging-exhausted = niemand kwam
incident-said-opened = Incident #{ $number } is open; wie dienst heeft wordt gewekt.
incident-said-acknowledged = #{ $number } is van u.
incident-said-resolved = #{ $number } is opgelost. Wie gewekt was krijgt bericht.
incident-said-reopened = #{ $number } is weer open en klimt vanaf de eerste stap.
incident-said-changed = #{ $number } is gewijzigd.
incident-said-noted = Genoteerd.
incident-said-published = Het publiek is ingelicht.
problem-incident-resolved = 
    .title = Het is al opgelost
    .detail = Incident #{ $number } was opgelost voordat u het oppakte. Er wordt niemand gewekt. Heropen het als het niet voorbij is.
problem-declared = 
    .title = Het is gedeclareerd in een bestand
    .detail = Het staat in { $place } en wordt daar gewijzigd, zodat het bestand klopt. Hier is niets gewijzigd.
severity = Ernst
severity-1-text = 1 · gebruikers kunnen niet wat ze kwamen doen
severity-2-text = 2 · een belangrijk deel werkt niet
severity-3-text = 3 · het werkt, maar traag of omslachtig
severity-4-text = 4 · niemand merkt het nog
severity-change = Wijzig ernst
severity-reason = Waarom
service = Dienst
respond-acknowledge = Oppakken
respond-take-over = Neem over
respond-keep-longer = Houd het langer
call-name = Bel { $name }
respond-resolve = Oplossen
resolve-title = Los het incident op
resolve-reason = Waardoor werkt het weer?
resolve-reason-hint = Gaat naar iedereen die gewekt is.
resolve-still-raised = { $n ->
    [one] Er staat nog een melding open.
    *[other] Er staan nog { $n } meldingen open.
    }
respond-reopen = Heropenen
reopen-title = Heropen het incident
reopen-reason = Waarom is het niet voorbij?
reopen-and-page = Heropen en wek
respond-rename = Hernoem
respond-minutes = { $n } minuten
respond-hours = { $n } uur
note-write = Schrijf een notitie
note-body = Notitie
note-hint = Voor wie eraan werkt; het publiek ziet het niet. Het houdt ook uw oppakken in stand.
note-save = Bewaar de notitie
update-write = Licht het publiek in
update-public = Iedereen die de statuspagina van { $service } bekijkt ziet dit, met de titel van het incident.
update-no-page = Deze dienst heeft geen openbare statuspagina. Het bericht wordt bewaard, en getoond zodra die er is.
update-body = Wat gebruikers moeten weten
update-body-hint = Wat niet werkt, wat ze intussen kunnen doen, wat er gebeurt met wat ze invulden.
update-next = Volgend bericht over
update-next-none = geen belofte
update-publish = Publiceer
public-state-investigating = We zoeken het uit
public-state-identified = Oorzaak gevonden
public-state-monitoring = Verholpen, we houden het in de gaten
public-state-resolved = Opgelost
room-waiting = Niemand heeft het opgepakt.
room-next = Volgende die gewekt wordt: { $people }, om
room-exhausted = Iedereen is gewekt en niemand kwam.
room-nobody = Niemand kan hiervoor gewekt worden.
room-nobody-text = Geen stap van de escalatie heeft iemand, en er is geen achtervang. Tend kijkt elke minuut opnieuw.
room-taken = { $name } heeft het opgepakt
room-taken-program = Een programma heeft het opgepakt
room-yours = U heeft het opgepakt
room-until = tot
room-quiet = Alles werkt weer; het sluit vanzelf om
room-resolved = Opgelost na { $span }.
room-resolved-by = Door { $name }.
room-resolved-by-us = Alle meldingen zijn voorbij.
room-failing = Faalt
room-next-update = Volgend bericht
room-overdue = te laat
room-timeline = Tijdlijn
room-affected = Wat is geraakt
room-cleared = voorbij
room-raised = open
room-by-hand = Een mens opende het; er hoort geen probe bij.
room-suspects = Wat er onlangs veranderde
room-suspects-text = De laatste zes uur, nieuwste eerst.
room-no-suspects = Er veranderde de laatste zes uur niets waar Tend van weet.
room-paged = Wie gewekt is
room-nobody-paged = Er is niemand gewekt.
room-facts = Feiten
room-opened = Geopend
page-state-waiting = wacht
page-state-acknowledged = opgepakt
page-state-escalated = doorgeklommen
page-state-exhausted = niet bereikt
page-state-resolved = voorbij
delivery-planned = gepland
delivery-sending = onderweg
delivery-sent = overgenomen door de volgende schakel
delivery-failed = mislukt
delivery-cancelled = niet verstuurd
delivery-at = om
delivery-again = { $n ->
    [one] één poging, opnieuw om
    *[other] { $n } pogingen, opnieuw om
    }
delivery-why-acknowledged = niet nodig: iemand heeft het opgepakt
delivery-why-resolved = niet nodig: het is opgelost
delivery-why-superseded = vervangen door een nieuwere oproep
channel-word-mail = mail
channel-word-push = push
channel-word-chat = chat
channel-word-sms = sms
moment-opened = Geopend door een probe
moment-opened-by-hand = Geopend door een mens
moment-alert-joined = { $title } faalt ook
moment-alert-left = { $title } werkt weer
moment-acknowledged = { $name } heeft het opgepakt
moment-acknowledged-program = Een programma heeft het opgepakt
moment-through-link = via de link in de oproep
moment-through-screen = op het scherm
moment-acknowledgement-expired = { $name } hield het niet vast; het klimt opnieuw
moment-acknowledgement-expired-program = Niemand hield het vast; het klimt opnieuw
moment-severity = Ernst van { $from } naar { $to }
moment-renamed = Heet nu: { $title }
moment-note = Notitie
moment-update-investigating = Aan het publiek: we zoeken het uit
moment-update-identified = Aan het publiek: oorzaak gevonden
moment-update-monitoring = Aan het publiek: verholpen, we kijken mee
moment-update-resolved = Aan het publiek: opgelost
moment-resolved = Opgelost door { $name }
moment-resolved-program = Opgelost door een programma
moment-resolved-by-us = Opgelost: alle meldingen voorbij
moment-reopened = Heropend
moment-reopened-cause = Heropend: dezelfde oorzaak is terug
moment-climbed = Stap { $step }: { $people } gewekt
moment-skipped = Stap { $step } heeft niemand en is overgeslagen
moment-nobody = Niemand heeft dienst, en er is geen achtervang
moment-nobody-fallback = Niemand heeft dienst; de achtervang is gewekt: { $people }
moment-exhausted = Alle stappen zijn beklommen en niemand kwam
moment-sent-mail = Mail aan { $name } overgenomen door de relay{ $attempt ->
    [one] {""}
    *[other] , poging { $attempt }
    }
moment-sent-push = Push aan { $name } overgenomen door de server{ $attempt ->
    [one] {""}
    *[other] , poging { $attempt }
    }
moment-sent-chat = Chatbericht aan { $name } overgenomen{ $attempt ->
    [one] {""}
    *[other] , poging { $attempt }
    }
moment-sent-sms = Sms aan { $name } overgenomen door de gateway{ $attempt ->
    [one] {""}
    *[other] , poging { $attempt }
    }
moment-failed = { $channel } aan { $name } mislukt
moment-put-off = { $channel } aan { $name } kwam niet door; wordt herhaald
moment-page-exhausted = { $name } was niet te bereiken
change-declaration = Een declaratie is toegepast ({ $name } gewijzigd)
change-phase = De dienst ging naar { $name }
change-component-added = Component { $name } is toegevoegd
change-component = Component { $name } is gewijzigd
change-component-removed = Component { $name } is verwijderd
change-dependency-added = Het hangt nu af van { $name }
change-dependency-removed = Het hangt niet meer af van { $name }
change-probe-added = Probe { $name } is toegevoegd
change-probe = Probe { $name } is gewijzigd
change-service = De dienst is gewijzigd: { $name }
ack-button = Ik pak het op
ack-for = Deze link is voor
ack-yours = U heeft het. Er wordt niemand anders gewekt tot
ack-resolved = Het is opgelost, na { $span }. U kunt weer gaan slapen.
ack-open-incident = Open het incident
ack-sign-in = (meld u aan om te schrijven en op te lossen)
letter-subject-open = { $service }: { $title } #{ $number }
letter-subject-resolved = Opgelost: { $service }: { $title } #{ $number }
letter-resolved-title = { $service } werkt weer
letter-lasted = Het duurde { $span }.
letter-alerts-cleared = Alle meldingen zijn vanzelf voorbij en bleven dat.
letter-open = Open het incident
letter-acknowledge = Ik pak het op
letter-others = Ook gewekt
letter-changed = Wat er onlangs veranderde:
letter-unchanged = Er veranderde de laatste zes uur niets waar Tend van weet.
letter-link-ends = De link werkt zonder aanmelden, alleen voor u, 24 uur lang.
letter-again = Tend stopte tijdens het versturen; u krijgt dit misschien twee keer.
on-call-title = Oproepdienst
on-call-you = U heeft dienst ({ $rotas }) tot
on-call-nothing = Er heeft nog niemand dienst.
on-call-gaps = { $n ->
    [one] Op één plek heeft niemand dienst.
    *[other] Op { $n } plekken heeft niemand dienst.
    }
on-call-covered = Overal heeft iemand dienst.
on-call-rotas = Roosters
on-call-services = Wie gewekt wordt, per dienst
on-call-now = Nu
on-call-next = Hierna
on-call-first = Meteen
on-call-then = Daarna
on-call-nobody = niemand
on-call-nobody-service = niemand zou gewekt worden
on-call-step-empty = niemand in de eerste stap
on-call-no-end = geen einde in zicht
on-call-no-services = Er zijn nog geen diensten.
on-call-no-services-text = Mensen worden gewekt voor diensten.
rota = Rooster
rotas-none = Er is nog geen rooster.
rotas-none-text = Zonder rooster wordt de eigenaar van een dienst gewekt, dag en nacht.
rota-new = Nieuw rooster
rota-new-title = Nieuw rooster
rota-edit = Wijzig het rooster
rota-edit-title = Wijzig het rooster
rota-now = { $rota }: { $name } heeft dienst tot
rota-now-nobody = { $rota }: niemand heeft dienst.
rota-next = Daarna { $name }, vanaf
rota-next-nobody = Daarna niemand, vanaf
rota-before = Eerder
rota-after = Later
rota-today = Vandaag
rota-week = Week
rota-month = Vijf weken
rota-calendar = Kalender
rota-gaps = { $n ->
    [one] Eén gat: dan heeft niemand dienst.
    *[other] { $n } gaten: dan heeft niemand dienst.
    }
rota-layer = Laag { $n }
rota-final = Oproep
rota-shifts = Beurten
rota-zone-note = De kalender is in { $zone }; tijden in de lijst zijn in de uwe.
rota-feed = Agendafeed
rota-feed-text = Voeg dit adres toe aan uw agenda. Wie het kent ziet wie dienst heeft.
rota-feed-new = Maak een nieuw adres
rota-remove = Verwijder het rooster
rota-remove-text = De diensten en vervangingen verdwijnen mee. Wat gebeurd is blijft op de tijdlijn.
rota-zone = Tijdzone
rota-zone-hint = Overdrachten volgen de klok van deze zone.
rota-layer-hint = Ligt over de lagen hierboven, waar het iemand heeft.
rota-rotation = Ze wisselen af
rotation-weekly = elke week
rotation-daily = per dag
rotation-hourly = per uur
rotation-every = Elke
rotation-every-hint = Dagen of uren; niet voor weken.
rotation-on = Overdracht op
rotation-on-hint = Voor weken.
rota-start = Eerste dag
rota-handoff = Overdracht om
rota-person = Persoon { $n }
rota-only = Alleen op sommige tijden
rota-only-days = Alleen op
rota-only-night = Een tijd niet na de eerste is op de volgende dag.
rota-more-layers = Lagen zonder mensen vervallen. Bewaar voor plek voor nog een.
rota-said-saved = Het rooster is bewaard.
rota-said-removed = Het rooster is verwijderd.
rota-said-override = De vervanging staat.
rota-said-override-removed = De vervanging is afgezegd.
rota-said-feed = De feed heeft een nieuw adres; het oude werkt niet meer.
override = vervanging
overrides = Vervangingen
overrides-none = Niemand valt in.
override-add = Val in
override-save = Zet
override-zone = Kloktijd in { $zone }
override-over = voorbij
escalation = Escalatie
escalation-owner = de eigenaar van de dienst
escalations-title = Escalaties
escalations-answer = { $n ->
    [0] Nog geen escalatie.
    [one] Eén escalatie; elke dienst heeft er een.
    *[other] { $n } escalaties; elke dienst heeft er een.
    }
escalations-without = { $n ->
    [one] Eén dienst heeft geen escalatie: de eigenaar wordt gewekt.
    *[other] { $n } diensten hebben geen escalatie: de eigenaar wordt gewekt.
    }
escalations-none = Er is nog geen escalatie.
escalations-none-text = Die zegt wie het eerst gewekt wordt, hoe lang diegene heeft, en wie daarna.
escalation-new = Nieuwe escalatie
escalation-new-title = Nieuwe escalatie
escalation-edit-title = Wijzig de escalatie
escalation-remove = Verwijder de escalatie
escalation-remove-text = Geen dienst heeft haar.
escalation-waits = wacht { $span }
escalation-then = Na de laatste stap
escalation-repeats = { $n ->
    [0] eindigt, en wordt als onbeantwoord getoond
    [one] begint één keer opnieuw
    *[other] begint { $n } keer opnieuw
    }
escalation-ack = Oppakken geldt
escalation-fallback = Als niemand dienst heeft
escalation-fallback-hint = Gewekt als geen stap iemand heeft.
escalation-unused = Geen dienst heeft haar.
escalation-assign = Geef een dienst haar escalatie
escalation-without-title = Zonder escalatie
escalation-without-text = Hun eigenaar wordt gewekt, drie keer, met vijf minuten ertussen.
escalation-step = Stap { $n }
escalation-page = Wek
escalation-and = en
escalation-wait = Wacht, minuten
escalation-more-steps = Stappen zonder iemand vervallen. Bewaar voor plek voor nog een.
escalation-repeat = Opnieuw beginnen, keer
escalation-repeat-hint = Na de laatste stap.
escalation-ack-min = Oppakken geldt, minuten
escalation-ack-hint = Daarna klimt het opnieuw, tenzij het in stand gehouden wordt.
escalation-said-saved = De escalatie is bewaard.
escalation-said-removed = De escalatie is verwijderd.
escalation-said-assigned = De dienst heeft haar escalatie.
target-rota = dienst in
target-person = {""}
target-team = iedereen in
status-page = Statuspagina
status-works = Alles werkt.
status-down = Werkt niet: { $parts }.
status-degraded = Traag of met fouten: { $parts }.
status-maintained = Onderhoud zoals aangekondigd: { $parts }.
status-unknown = We weten het niet van: { $parts }.
status-stale = Er is geen actuele status sinds { $since }
status-nothing = Er is nog geen status.
status-now = Wat er speelt
status-announced = Aangekondigd onderhoud
status-parts = Onderdelen
status-word-up = werkt
status-word-down = werkt niet
status-word-degraded = traag of met fouten
status-word-maintenance = onderhoud
status-word-unknown = niet bekend
status-word-stale = geen actuele status
status-strip = { $name }, de laatste 90 dagen: { $measured } dagen gemeten, op { $troubled } daarvan was er iets mis.
status-90-days = 90 dagen geleden
status-today = vandaag
status-days-text = { $measured ->
    [0] nog niet gemeten
    *[other] { $troubled ->
        [0] geen storing op { $measured } dagen
        [one] storing op 1 van { $measured } dagen
        *[other] storing op { $troubled } van { $measured } dagen
        }
    }
status-history = De laatste 90 dagen
status-no-history = Er ging niets mis.
status-no-other-history = Verder ging er niets mis.
status-disruption = Storing
status-lasted = duurde { $span }
status-since-span = nu { $span }
status-noticed = We hebben het zelf gemerkt en wekken iemand.
status-taken = Er wordt aan gewerkt.
status-next-update = Volgend bericht:
status-as-of = Gemeten
status-preview = Alleen u ziet deze pagina: ze is niet gepubliceerd.
status-settings-title = Statuspagina van { $service }
status-settings-public = Het publiek ziet hoe het met { $service } is.
status-settings-hidden = De statuspagina van { $service } is niet openbaar.
status-settings-none = { $service } heeft nog geen statuspagina.
status-heading = Titel
status-heading-hint = Hoe gebruikers de dienst noemen.
status-slug = Adres
status-slug-hint = { $base }/status/… met kleine letters, cijfers en streepjes.
status-address = Adres
status-public = Openbaar
status-public-hint = Iedereen mag het zien. Uit: alleen wie de dienst beheert.
status-said-saved = De statuspagina is bewaard.
status-shown-public = (openbaar)
status-shown-hidden = (niet openbaar)
status-make = Maak een statuspagina
cell-say-taken = er werkt iemand aan
cell-say-waiting = niemand heeft het opgepakt
field-not-after = Het eindigt voordat het begint.
field-range = Dat valt buiten het bereik.
respond-all = alle
respond-client = Klant
respond-day-monday = maandag
respond-day-tuesday = dinsdag
respond-day-wednesday = woensdag
respond-day-thursday = donderdag
respond-day-friday = vrijdag
respond-day-saturday = zaterdag
respond-day-sunday = zondag
respond-declared-in = Gedeclareerd in { $place }; wijzig het daar.
respond-edit = Wijzig
respond-from = Van
respond-name = Naam
respond-no = nee
respond-people = Mensen
respond-person = Persoon
respond-remove = Verwijder
respond-save = Bewaar
respond-since = Sinds
respond-teams = Teams
respond-until = Tot
respond-yes = ja
respond-you = u
field-respond-not-the-name = Dat is niet de naam.
field-respond-zone = Zo een tijdzone is er niet.
field-slug = Kleine letters, cijfers en losse streepjes.
