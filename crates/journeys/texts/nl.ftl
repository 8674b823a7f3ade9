# Gebruikersreizen: lijsten, één reis, fouten.
journey = Gebruikersreis
journeys = Gebruikersreizen
journeys-answer-none = Er is nog geen gebruikersreis beschreven
journeys-answer-fine = { $total ->
    [one] De ene gebruikersreis verloopt zoals gewoonlijk
   *[other] Alle { $total } gebruikersreizen verlopen zoals gewoonlijk, voor zover bekend
}
journeys-answer-less = { $n ->
    [one] In een van { $total } gebruikersreizen komen minder mensen aan dan gewoonlijk
   *[other] In { $n } van { $total } gebruikersreizen komen minder mensen aan dan gewoonlijk
}
journeys-usual-text = De lijn is hoeveel er in elk van de laatste 24 uur afrondden; gestreept is wat op dat uur van die weekdag gewoon is. Aandelen en aantallen zijn van de laatste 28 dagen.
journeys-service = Dienst
journeys-all-services = Alle diensten
journeys-completion = Afronding
journeys-started = Begonnen
journeys-lost = De meesten haken af na
journeys-lost-n = { $n ->
    [one] { $n } haakte af
   *[other] { $n } haakten af
}
journeys-lost-after = de meesten haken af na { $step }
journeys-hours = Laatste 24 uur
journeys-last-hour = Laatste uur
journeys-usual-n = { $n ->
    [none] gewoonlijk onbekend
   *[other] gewoonlijk { $n }
}
journeys-steps = { $n ->
    [one] { $n } stap
   *[other] { $n } stappen
}
journeys-explore = Verkennen
journeys-live = Live
journeys-add = Gebruikersreis beschrijven
journeys-all = Alle { $n } gebruikersreizen
journeys-none = Nog geen gebruikersreis
journeys-none-text = Een gebruikersreis zegt wat mensen komen doen, in stappen. Vanaf dan telt Tend hoeveel er goed eindigen, en waar de anderen afhaken.
journeys-none-go = Een dienst kiezen

journey-spark = Afgerond in { $name } in de laatste 24 uur, naast wat gewoon is
journey-standing-less = minder dan gewoonlijk
journey-standing-usual = zoals gewoonlijk
journey-standing-unknown = er is te weinig bekend om te zeggen wat gewoon is

journey-unit-visit = Bezoeken: één verblijf van een gebruiker, beëindigd door 30 minuten stilte
journey-unit-visitor = Bezoekers van een dag
journey-unit-user = Gebruikers die de dienst zelf noemt
journey-unit-case = Zaken: aanvragen, bestellingen, meldingen
journey-units-visit = bezoeken
journey-units-visitor = dagbezoekers
journey-units-user = gebruikers
journey-units-case = zaken
journey-identity-visit = Alleen het bezoek; wie er komt is niet bekend
journey-identity-daily = Een bezoeker wordt één dag herkend, nooit langer
journey-identity-declared = Door de dienst genoemd, bewaard onder een sleutel die gewist kan worden
journey-order-ordered = De ene stap na de andere, wat er ook tussen zit
journey-order-strict = De ene stap na de andere, met niets ertussen
journey-order-any_order = Stappen in willekeurige volgorde

journey-tabs = Delen van deze gebruikersreis
journey-tab-funnel = Trechter
journey-tab-after = Waarheen mensen afhaken
journey-tab-visits = Bezoeken
journey-tab-speed = Snelheid van pagina's
journey-range-today = Vandaag
journey-range-7d = 7 dagen
journey-range-28d = 28 dagen
journey-range-90d = 90 dagen
journey-range-365d = Een jaar
journey-who-people = Mensen
journey-who-bots = Bots
journey-who-all = Beide
journey-who = Wie geteld wordt
journey-compare = Vergelijken
journey-compare-none = Alleen deze tijd
journey-compare-before = Naast de tijd ervoor
journey-to = tot

journey-answer = { $share } eindigt goed { $range ->
    [in-today] vandaag
    [in-7d] in de laatste 7 dagen
    [in-28d] in de laatste 28 dagen
    [in-90d] in de laatste 90 dagen
   *[other] in het laatste jaar
}
journey-answer-open = { $n ->
    [one] Er is er één begonnen en nog onderweg
   *[other] Er zijn er { $n } begonnen en nog onderweg
}
journey-answer-none = Niemand is begonnen { $range ->
    [in-today] vandaag
    [in-7d] in de laatste 7 dagen
    [in-28d] in de laatste 28 dagen
    [in-90d] in de laatste 90 dagen
   *[other] in het laatste jaar
}
journey-answer-worst = De meesten haken af na { $step }: { $n }.
journey-than-before = Dan in de tijd ervoor:
journey-stat-completion = Afronding
journey-stat-started = Begonnen
journey-stat-completed = Alle stappen gedaan
journey-stat-open = Nog onderweg
journey-stat-median = Mediane duur
journey-n = n = { $n }
journey-declared = Deze gebruikersreis staat in { $place } en wordt daar gewijzigd.
journey-pending = { $n ->
    [one] Eén dag wordt nog geteld en ontbreekt hier.
   *[other] { $n } dagen worden nog geteld en ontbreken hier.
}
journey-silent = Er is nog geen gebeurtenis binnengekomen
journey-silent-text = De gebruikersreis is beschreven. Zet de meter op de site, of stuur gebeurtenissen van de programma's die er al zijn.
journey-silent-go = Bronnen van gebeurtenissen
journey-funnel = Trechter
journey-optional = mag overgeslagen worden
journey-channel-web = web
journey-channel-phone = telefoon
journey-channel-counter = balie
journey-channel-post = post
journey-channel-mail = mail
journey-channel-api = programma
journey-channel-inside = intern
journey-bar = { $step }: { $n } kwamen zover, { $share } van wie begon
journey-left-here = { $n ->
    [one] { $n } haakte hier af
   *[other] { $n } haakten hier af
}
journey-left-nobody = niemand haakte hier af
journey-went-on = { $share } ging verder
journey-still-here = { $n ->
    [one] { $n } is nog hier
   *[other] { $n } zijn nog hier
}
journey-funnel-key = Breedte is mensen. Gearceerd: nog onderweg. Omlijnd: afgehaakt voor deze stap. Streepjes: 95 %-interval.
journey-truncated = { $n ->
    [one] Eén eenheid had meer gebeurtenissen dan er bekeken worden.
   *[other] { $n } eenheden hadden meer gebeurtenissen dan er bekeken worden.
}
journey-trend = In de tijd
journey-trend-completion = Afronding
journey-trend-completion-label = Afronding in de tijd
journey-trend-started = Begonnen per dag
journey-trend-started-hour = Begonnen per uur
journey-trend-started-label = Hoeveel er begonnen, in de tijd
journey-segments = Wie het zijn
journey-segments-none = Niemand om uit elkaar te houden.
journey-by = Uit elkaar gehouden naar
journey-from-events = Zojuist uit de gebeurtenissen geteld: dagen worden niet naar dit veld bewaard.
journey-others = Anderen samen
journey-no-value = niet gezegd
journey-than-others = Dan alle anderen
journey-higher = { $points } punten hoger
journey-lower = { $points } punten lager
journey-same = geen verschil dat geen toeval kan zijn
journey-median = Mediaan
journey-p75 = 75 % binnen
journey-p90 = 90 % binnen
journey-took = Hoe lang het duurde
journey-took-n = Geteld over
journey-endings = Hoe het eindigde
journey-ending-completed = Afgerond
journey-ending-not_eligible = Geen recht op
journey-ending-failed = Mislukt
journey-ending-abandoned = Afgehaakt
journey-ending-in_progress = Nog onderweg
journey-speed = Snelheid van pagina's
journey-speed-text = 75e percentiel van geladen pagina's in de laatste 24 uur. Onder de 50 keer laden wordt niets gezegd.
journey-device = Apparaat
journey-device-unknown = Niet bekend
journey-device-desktop = Computer
journey-device-mobile = Telefoon
journey-device-tablet = Tablet
journey-device-other = Anders
journey-few-loads = { $n ->
    [0] niets geladen
    [one] { $n } keer geladen
   *[other] { $n } keer geladen
}
journey-rating-good = goed
journey-rating-needs_improvement = kan beter
journey-rating-poor = slecht
journey-definition = Wat er geteld wordt
journey-def-unit = Geteld worden
journey-def-identity = Van hen bekend
journey-def-window = Venster
journey-def-order = Volgorde
journey-def-days = Dagen
journey-def-days-text = Beginnen om middernacht in { $zone }. Wie op meer dagen begint, telt op elke dag.
journey-def-bots = Programma's
journey-def-bots-text = Herkend en apart getoond, nooit weggegooid
journey-def-late = Late gebeurtenissen
journey-def-late-text = Tellen op de dag waarop ze gebeurden; die dag wordt opnieuw geteld
journey-def-interval = Intervallen
journey-def-interval-text = Wilson, 95 %. Goed geëindigd is afgerond of geen recht op; wie nog onderweg is telt als geen van beide.
journey-as-of = Geteld om
journey-owner = Eigenaar

journey-fault-long = Dit is langer dan 120 tekens.
journey-fault-count = Een gebruikersreis heeft 2 tot 32 stappen; deze heeft er { $value }.
journey-fault-unnamed = Geef elke stap een naam.
journey-fault-twice = Twee stappen heten “{ $value }”.
journey-fault-looks = Zeg waarnaar gekeken wordt: een pad zoals /aanvragen, of de naam van een gebeurtenis.
journey-fault-optional = “{ $value }” mag niet worden overgeslagen: de eerste en de laatste stap nooit.
journey-fault-window = Het venster is langer dan niets en hoogstens { $value }.
journey-fault-daily = Een bezoeker wordt maar een dag herkend. Over een langer venster zouden dezelfde mensen als afgehaakt en als nieuw tellen. Tel zaken of genoemde gebruikers, of maak het venster 24h.
journey-fault-visit = Een bezoek eindigt na hoogstens 24 uur. Tel zaken of genoemde gebruikers, of maak het venster 24h.
journey-fault-zone = Geen tijdzone heet “{ $value }”; schrijf bijvoorbeeld Europe/Amsterdam.
journey-fault-share = Een aandeel ligt tussen 0 % en 100 %.
journey-fault-many = Hoogstens { $value }.
journey-fault-ending = Een einde is geen recht op, mislukt of afgehaakt.
journey-fault-exclusion = Het ligt tussen twee stappen van de gebruikersreis, de eerste vooraan.

# Achter de getallen
journey-after-answer = { $n ->
    [one] Eén kwam tot { $step } en niet verder. Wat erna kwam:
   *[other] { $n } kwamen tot { $step } en niet verder. Wat erna kwam:
}
journey-after-none = Niemand stopte na { $step }
journey-after-text = Geteld, niet gevolgd: hier is geen bezoek van een ander te onderscheiden.
journey-after-next = Daarna
journey-after-share = Van hen
journey-after-nothing = Niets: ze gingen weg
journey-after-visits = Bekijk enkele van deze bezoeken
journey-after-empty = Niemand stopte hier
journey-after-empty-text = In deze tijd ging iedereen die zover kwam verder, of kwam niemand zover.
journey-back = Terug naar de trechter
journey-by-path = Pagina's
journey-by-name = Gebeurtenissen
journey-any = Alle
journey-last-step = Laatste stap
journey-visits-answer = Losse bezoeken, zonder namen
journey-visits-none = Geen bezoek past
journey-visits-text = Een nummer staat voor een eenheid. Het is gemaakt met een sleutel die wordt weggegooid, en leidt naar niemand.
journey-visits-empty = Niets past
journey-visits-empty-text = Geen eenheid van deze gebruikersreis begon in deze tijd en eindigde zo.
journey-visit = Bezoek { $number }
journey-visit-head = Bezoek
journey-visit-ending = Geëindigd
journey-visit-started = Begonnen
journey-visit-took = Tot de laatste stap
journey-visit-answer = { $n ->
    [one] Eén gebeurtenis van één bezoek
   *[other] { $n } gebeurtenissen van één bezoek
}
journey-visit-text = In de volgorde waarin ze gebeurden. Niemand wordt genoemd.
journey-visit-events = Gebeurtenissen
journey-visit-when = Wanneer
journey-visit-what = Wat
journey-visit-step = Stap
journey-visit-more = Erbij
journey-visit-cut = Er waren meer gebeurtenissen dan er getoond worden.
journey-visit-number = Het nummer, voor een verzoek om te wissen:
journey-speed-none = Er is nog geen pagina gemeten
journey-speed-slow = { $n ->
    [one] Een van { $total } pagina's is traag voor gebruikers
   *[other] { $n } van { $total } pagina's zijn traag voor gebruikers
}
journey-speed-fine = Geen pagina is traag voor gebruikers
journey-speed-rule = Het 75e percentiel van geladen pagina's. Goed tot: LCP 2,5 s, INP 200 ms, CLS 0,1. Slecht boven: 4 s, 500 ms, 0,25.
journey-speed-empty = Niets gemeten op deze apparaten
journey-speed-empty-text = De eigen meter van Tend meet pagina's in de browsers van gebruikers.
journey-page = Pagina
journey-passes = Alle drie
journey-pass = voldoet
journey-pass-not = voldoet niet

# Verkennen
explore-none = Voor { $name } is nog niets binnengekomen
explore-ways = De wegen die mensen door { $name } nemen
explore-to = Wie { $end } bereikte, kwam hierlangs
explore-from = Wie bij { $start } was, ging hierheen verder
explore-describe = Gebruikersreis beschrijven
explore-field-from = Van
explore-field-to = Naar
explore-made-of = Bestaat uit
explore-silent-text = Zet de meter op de site, of stuur gebeurtenissen van de programma's die er al zijn.
explore-picture = Wegen
explore-picture-label = Hoeveel bezoeken van wat naar wat gingen
explore-no-ways = Geen bezoek ging zo.
journey-way-ends = einde van het bezoek
journey-way-place = Plaats
journey-way-from = Van
journey-way-to = Naar
explore-top-path = Pagina's
explore-top-name = Gebeurtenissen
explore-top-referrer = Waar ze vandaan komen
explore-top-campaign = Campagnes
explore-top-device = Apparaten
explore-top-browser = Browsers
explore-value = Waarde
explore-events = Gebeurtenissen
explore-nothing = Niets zei dit.
explore-back = Wie terugkomt
explore-by-day = Per dag
explore-by-week = Per week
explore-by-month = Per maand
explore-since = Eerst gezien
explore-back-none = Niemand is langer bekend dan een bezoek of een dag, dus is niet te zien wie terugkomt. Bij genoemde gebruikers en zaken wel.
explore-utc = Dagen beginnen hier om middernacht UTC.

# Live
live-answer = { $n ->
    [0] Er is nu niemand op { $name }
    [one] Nu één bezoek aan { $name }
   *[other] Nu { $n } bezoeken aan { $name }
}
live-text = Wie in de laatste vijf minuten iets deed, is er nu. Het scherm houdt zichzelf bij.
live-now = Nu
live-visits = Bezoeken in 30 minuten
live-views = Pagina's in 30 minuten
live-bots = Gebeurtenissen van bots
live-minutes = De laatste 30 minuten
live-minutes-label = Gebeurtenissen van mensen per minuut
live-journeys = Waar ze zijn
live-reached = Bereikt in 30 minuten
live-here = Nu hier
live-pages = Pagina's
live-newest = Wat het laatst binnenkwam
live-nobody = Niets in de laatste 30 minuten.

# Telemetrie
telemetry = Onderdelen zoals telemetrie ze ziet
telemetry-none = Voor { $name } is geen telemetrie binnengekomen
telemetry-errors = { $share } van { $n } aanroepen mislukte
telemetry-fine = { $n ->
    [one] Eén aanroep, en die werkte
   *[other] Geen van { $n } aanroepen mislukte
}
telemetry-1h = 1 uur
telemetry-24h = 24 uur
telemetry-operations = Handelingen
telemetry-component = Onderdeel en handeling
telemetry-rate = Aanroepen per minuut
telemetry-failed = Mislukt
telemetry-p50 = Mediaan
telemetry-p95 = 95 % binnen
telemetry-more = { $n } handelingen in totaal; de meest aangeroepene staan hier.
telemetry-calls = Wie wie aanroept
telemetry-calls-text = Bewaard ook als de metingen zelf verlopen zijn. Een aanroep zonder beschreven afhankelijkheid kent de inventaris nog niet.
telemetry-from = Aanroeper
telemetry-to = Aangeroepen
telemetry-day = Aanroepen die dag
telemetry-seen = Laatst gezien
telemetry-since = sinds
telemetry-estate = Inventaris
telemetry-declared = beschreven
telemetry-undeclared = niet beschreven
telemetry-empty = Geen metingen in deze tijd
telemetry-empty-text = Laat een OpenTelemetry-exporter naar Tend sturen: sporen worden tempo, fouten en duur van elk onderdeel.

# Het formulier
journey-form-new = Een gebruikersreis van { $service }
journey-form-change = { $name } wijzigen
journey-form-drawn = Een gebruikersreis die eindigt bij { $end }
journey-form-text = Wat komen mensen hier doen? Geef de stappen in volgorde; vanaf dan telt Tend.
journey-form-drawn-text = De sterkste weg is hieronder ingevuld. Haal weg wat er niet toe doet, en geef een naam aan wat wel telt.
journey-form-no-way = Niemand bereikte dit in de laatste week.
journey-form-draw = Teken hem uit wat mensen deden
journey-form-draw-text = Kies waar de gebruikersreis eindigt. Getallen zijn bezoeken van de laatste zeven dagen.
journey-field-name = Naam
journey-field-name-hint = Wat mensen komen doen: “Parkeervergunning aanvragen”.
journey-field-steps = Stappen
journey-field-steps-hint = Een pad zoals /aanvragen (* binnen een deel van een pad, ** alles), of de naam van een gebeurtenis. Lege rijen tellen niet mee.
journey-field-step = Stap { $n }
journey-field-step-name = Naam
journey-field-looks = Pad of gebeurtenis
journey-field-tests = Alleen als
journey-field-channel = Kanaal
journey-field-component = Onderdeel
journey-field-more-steps = Meer rijen nodig? Sla op en wijzig opnieuw: er staan er dan twee meer.
journey-field-not-eligible-hint = Een goed einde: het telt als afgerond. Een pad of de naam van een gebeurtenis.
journey-field-abandoned-hint = Alleen als iets het zegt; anders beslist het venster.
journey-field-window-hint = Van de eerste stap tot de laatste: 30m, 2h, 14d.
journey-field-more = Meer: volgorde, uitsluitingen, segmenten, eigenaar, doelen
journey-field-exclusions = Wat een poging beëindigt
journey-field-exclusions-hint = Eén per regel: cancelled after form before done
journey-field-segments = Dagen worden bewaard naar
journey-field-segments-hint = Velden met komma's ertussen, hoogstens zes: device, channel, of een eigenschap van gebeurtenissen.
journey-field-zone = Dagen beginnen in de zone
journey-field-targets = Doelen
journey-field-completion = Afronding minstens
journey-field-within = Over
journey-field-latency = Een stap duurt hoogstens
journey-field-errors = Stappen die mislukken, hoogstens
journey-field-span = “{ $value }” is geen tijdsduur; schrijf bijvoorbeeld 30m, 2h of 14d.
journey-field-test = “{ $value }” is geen test; schrijf bijvoorbeeld method: ideal, card.
journey-field-exclusion = “{ $value }” zegt niet tussen welke stappen; schrijf bijvoorbeeld cancelled after form before done.
journey-field-confirm = Dit is niet de naam van de gebruikersreis.
journey-remove = Verwijderen
journey-remove-title = Deze gebruikersreis verwijderen?
journey-remove-text = De dagen worden vergeten. De getelde gebeurtenissen blijven.
journey-added = De gebruikersreis is toegevoegd.
journey-changed = De gebruikersreis is gewijzigd.
journey-removed = De gebruikersreis is verwijderd.
explore-from-example = /apply
explore-to-example = /apply/done
journeys-telemetry = Telemetrie
