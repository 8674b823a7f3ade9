# demand
demand = Vraag
demand-tabs = Vraag en wat die kost
demand-more = Meer
demand-all = De hele dienst
demand-of = Welke vraag
demand-answer-next = De komende 7 dagen worden { $n } { $what ->
    [visits] bezoeken
   *[starts] starts
} verwacht, { $low } tot { $high }.
demand-answer-more = Er komen er meer dan verwacht: { $actual } per uur, waar er hoogstens { $limit } werden verwacht, al { $hours } uur.
demand-answer-less = Er komen er minder dan verwacht: { $actual } per uur, waar er minstens { $limit } werden verwacht, al { $hours } uur.
demand-answer-capacity = { $name } vraagt om een besluit.
demand-answer-no-capacity = Er is geen capaciteit opgegeven, dus over ruimte valt niets te zeggen.
demand-answer-room = { $n ->
    [one] De ene capaciteit heeft ruimte.
   *[other] Alle { $n } capaciteiten hebben ruimte.
}
demand-stat-day = Laatste 24 uur
demand-stat-next = Komende 7 dagen
demand-stat-standing = Tegenover de prognose
demand-stat-each = Kosten per stuk
demand-between = { $low } tot { $high }
demand-counts-starts = gestarte gebruikersreizen
demand-counts-visits = bezoeken van mensen
demand-unit-starts = starts
demand-unit-visits = bezoeken
demand-standing-unknown = nog niet bekend
demand-standing-usual = zoals verwacht
demand-standing-more = meer
demand-standing-less = minder
demand-alerts-on = onverwachte groei wordt gemeld
demand-alerts-off = onverwachte groei wordt niet gemeld
demand-series = Wat kwam en wat komt
demand-series-label = Vraag per { $per }, met de prognose
demand-series-none = Er is nog niets geteld
demand-series-none-text = Vraag wordt geteld uit de gebeurtenissen van de dienst: gestarte gebruikersreizen, of bezoeken.
demand-series-none-next = Bronnen
demand-legend = Lijn: wat kwam. Onderbroken lijn en band: wat wordt verwacht, 8 van de 10 uren vallen erbinnen.
demand-masked = { $n ->
    [one] De uren van één incident tellen niet als vraag.
   *[other] De uren van { $n } incidenten tellen niet als vraag.
}
demand-range-7d = 7 dagen
demand-range-28d = 28 dagen
demand-range-90d = 90 dagen
demand-range-365d = Een jaar
demand-range-all = Alles
demand-per-minute = per minuut
demand-per-hour = per uur
demand-per-day = per dag
demand-capacities = Capaciteiten
demand-capacities-none = Er is geen capaciteit opgegeven
demand-capacities-none-text = Zeg wat bediend kan worden (mensen aan de balie, een betaalkoppeling, servers), en Tend zegt wanneer het vol is en wat er voor welke dag bij moet.
demand-capacity-add = Capaciteit toevoegen
demand-th-capacity = Capaciteit
demand-th-serves = Bedient
demand-th-busiest = Drukste moment
demand-th-headroom = Dan over
demand-th-plan = Wat te doen
demand-th-expected = Verwacht
demand-th-between = Tussen
demand-th-hour = Drukste uur
demand-th-pieces = Stuks
demand-th-why = Waarom
demand-pieces = { $n ->
    [one] 1 stuk
   *[other] { $n } stuks
}
demand-tone-warn = beslis
demand-tone-bad = te laat
demand-full-now = Nu vol: de prognose bereikt het binnen een dag
demand-full-forecast = Vol over { $n ->
    [one] 1 dag
   *[other] { $n } dagen
} ({ $day }), volgens de prognose
demand-full-trend = Vol over ongeveer { $n } dagen ({ $from } tot { $to }), volgens de trend van dagpieken
demand-full-few = { $have } van de { $need } dagen die een trend nodig heeft
demand-full-flat = Er is geen dag te noemen: het groeit niet met zekerheid
demand-does-nothing = Niets: er is ruimte
demand-does-itself = Schaalt vanzelf naar { $n }
demand-does-add = Voeg er { $n } toe vóór { $day }
demand-does-widen = Verruim het vóór { $day }
demand-does-late = Voeg er nu { $n } toe: de dag om te beslissen was { $day }
demand-does-limit = Er zijn er { $needs } nodig en er mogen er { $most } zijn: zoek een andere weg
demand-costs-more = { $money } erbij, { $every }
demand-days = De komende dagen
demand-scaled = Op- en afgeschaald
demand-scaled-how = Wanneer het schaalt
demand-scaled-how-text = Wie of wat ook schaalt, een mens of een programma, meldt het hier. Het tijdstip, van hoeveel naar hoeveel en de reden blijven in de geschiedenis.
demand-forecast = De prognose
demand-won-alone = De uren van het vorige seizoen voorspellen: de andere methode liet zich niet passen.
demand-won-seasons = Seizoenen met een trend wonnen met { $by } punten.
demand-won-naive = Hetzelfde uur van het vorige seizoen won met { $by } punten.
demand-score-naive = { $n ->
    [1] Fout van het uur van gisteren
   *[other] Fout van het uur van vorige week
}
demand-score-seasons = Fout van seizoenen met een trend
demand-score-hours = Vergeleken uren
demand-score-within = Binnen het interval
demand-fitted = Gemaakt
demand-score-text = Beide methoden voorspelden de laatste weken uit wat ervoor bekend was. De kleinste fout (sMAPE) voorspelt.
demand-none-waiting = Er is nog geen prognose gemaakt; elk uur wordt er een gemaakt.
demand-none-short = Er zijn { $have } van de { $need } uren die een prognose nodig heeft.
demand-none-gaps = Meer dan de helft van de uren is niet gemeten, dus er valt niets te voorspellen.
demand-none-nothing = Er kwam nog niemand, dus er valt niets te voorspellen.
demand-money = Kosten per stuk
demand-budget = Budget van het jaar
demand-budget-spent = Uitgegeven tot vandaag
demand-budget-planned = Gepland voor het jaar
demand-budget-free = Over voor meer
demand-budget-bar = { $spent } van { $budget } uitgegeven
demand-budget-none = Er is geen budget om het tegen af te zetten.
demand-budget-others = { $n ->
    [one] Eén kostenregel is in een andere munt en telt niet mee.
   *[other] { $n } kostenregels zijn in een andere munt en tellen niet mee.
}
demand-definition = Hoe dit geteld is
demand-def-unit = Eenheid
demand-def-season = Seizoenen
demand-def-season-text = het uur van de dag en, vanaf drie weken, de dag van de week
demand-def-mask = Incidenten
demand-def-mask-text = hun uren worden weggelaten voordat iets gepast of beoordeeld wordt
demand-def-interval = Interval
demand-def-interval-text = 8 van de 10 uren vallen erbinnen; grenzen van dagen zijn sommen van de grenzen van hun uren, de voorzichtige kant
demand-def-full = Vol
demand-def-full-text = wanneer de bovengrens bereikt wat gebruikt mag worden: wat bediend wordt min wat vrij blijft
demand-def-growth = Onverwacht
demand-def-growth-text = 4 uur achtereen buiten een prognose die ervoor gemaakt was
demand-capacity-new = Capaciteit toevoegen
demand-capacity-new-for = Capaciteit toevoegen aan { $service }
demand-capacity-change = { $name } wijzigen
demand-capacity-remove = Verwijderen
demand-capacity-remove-title = Deze capaciteit verwijderen?
demand-capacity-remove-text = Wat bediend kan worden, wordt niet meer tegen de vraag afgezet. Hoe het schaalde blijft in de geschiedenis.
demand-capacity-added = { $name } is toegevoegd.
demand-capacity-changed = { $name } is gewijzigd.
demand-capacity-removed = { $name } is verwijderd.
demand-capacity-scaled = Wat { $name } bedient is genoteerd.
demand-declared = Dit staat in { $place } en wordt daar gewijzigd.
demand-field-name = Naam
demand-field-name-hint = Wat vol is als er te veel komen: mensen aan de balie, een betaalkoppeling, servers.
demand-field-serves = Bedient
demand-field-per = Per
demand-field-of = Wiens vraag
demand-field-headroom = Vrij houden, procent
demand-field-headroom-hint = Het telt als vol voordat alles gebruikt is.
demand-field-scales = Bestaat het uit stuks?
demand-field-scales-hint = Mensen, balies, instanties. Wat hierboven staat bedienen de minste. Laat leeg als het niet zo is.
demand-field-from = De minste
demand-field-to = De meeste
demand-field-each = Eén meer bedient
demand-field-how = Wie schaalt
demand-how-hand = mensen
demand-how-itself = het schaalt vanzelf
demand-field-lead = Dagen van het besluit tot er één meer bedient
demand-field-lead-hint = Aannemen, kopen, installeren.
demand-field-more = Wat één meer kost
demand-field-amount = Bedrag
demand-field-currency = Munt
demand-field-every = Hoe vaak
demand-every-month = elke maand
demand-every-year = elk jaar
demand-every-once = eenmalig
demand-save = Bewaren
demand-cancel = Annuleren
demand-costs = Kosten
demand-costs-free = { $money } van het budget is dit jaar over voor meer
demand-costs-over = De kosten van dit jaar zijn { $money } boven het budget
demand-costs-lines = { $n ->
    [one] Eén kostenregel, en geen budget
   *[other] { $n } kostenregels, en geen budget
}
demand-costs-none = Er zijn geen kosten bekend
demand-costs-none-text = Alle kosten langs alle wegen (hosting, mensen, post, licenties) maken de kosten van één transactie.
demand-lines = Wat betaald wordt
demand-th-cost = Waarvoor
demand-th-channel = Weg
demand-th-days = Van, tot
demand-always = altijd
demand-cost-add = Kosten toevoegen
demand-cost-remove = Verwijderen
demand-cost-added = { $name } is toegevoegd.
demand-cost-removed = { $name } is verwijderd.
demand-field-cost-name = Waarvoor
demand-field-since = Van
demand-field-until = Tot en met
demand-channel-all = alle wegen
demand-channel-web = het web
demand-channel-phone = telefoon
demand-channel-counter = balie
demand-channel-post = brief
demand-channel-mail = mail
demand-channel-api = een ander programma
demand-channel-inside = binnen de organisatie
demand-settings = Instellingen
demand-settings-kept = De instellingen zijn bewaard.
demand-field-budget = Budget van een jaar
demand-field-budget-hint = Wat van januari tot en met december uitgegeven mag worden. Laat leeg als er geen is.
demand-field-alerts = Meld het als er meer komen dan verwacht
demand-field-alerts-hint = Opent na 4 uur buiten de prognose een incident van ernst 4.
demand-field-published = Maak de vier cijfers openbaar
demand-field-published-hint = Kosten per stuk, digitaal gebruik, voltooiing en tevredenheid, op een pagina die iedereen kan lezen.
demand-field-process = Wanneer is een zaak te laat?
demand-field-process-hint = Zeg waaraan te zien is dat een zaak klaar is, en wanneer die klaar moet zijn.
demand-field-ended = Eigenschap met de dag dat hij klaar was
demand-field-done = Of: gebeurtenissen die hem afronden, een naam per regel
demand-field-due = Eigenschap met de dag dat hij klaar moet zijn
demand-field-within = Of: klaar zoveel dagen na de eerste gebeurtenis
demand-yes = ja
demand-no = nee
demand-fault-name = Een naam heeft 1 tot 120 tekens.
demand-fault-serves = Geef een getal boven nul.
demand-fault-headroom = Geef een aandeel van 0 tot onder 100 procent.
demand-fault-scales = De meeste is minstens de minste, en de minste is minstens 1.
demand-fault-lead = Dat is meer dan twee jaar vooruit.
demand-fault-currency = Geef een munt van drie letters, zoals EUR.
demand-fault-amount = Geef een bedrag van nul of meer.
demand-fault-once = Wat eenmalig betaald wordt heeft zijn dag nodig.
demand-fault-days = Het eindigt voordat het begint.
demand-fault-many = Er zijn er al { $value }, en meer kan niet.
demand-field-number = { $value } is geen getal.
demand-field-day = { $value } is geen dag.
demand-field-journey = Kies een gebruikersreis van deze dienst.
demand-field-confirm = Typ de naam precies zoals die er staat.
problem-demand-does-not-scale =
    .title = Deze capaciteit bestaat niet uit stuks
    .detail = Daarom kan niet gemeld worden hoeveel er zijn.
    .safe = Er is niets gewijzigd.
    .next = Zeg in het formulier tussen welke grenzen zij schaalt.
process = Proces
process-answer-none = In deze tijd is geen zaak gezien.
process-answer-cases = { $n ->
    [one] Er is één zaak gezien. Wanneer een zaak te laat is, is nog niet gezegd.
   *[other] Er zijn { $n } zaken gezien. Wanneer een zaak te laat is, is nog niet gezegd.
}
process-answer-unfinished = In deze tijd kwam geen zaak met een einddag klaar.
process-answer-late = { $late } van de { $finished } afgeronde zaken waren te laat.
process-overdue = { $n ->
    [one] Nog één staat open en had klaar moeten zijn.
   *[other] Nog { $n } staan open en hadden klaar moeten zijn.
}
process-overdue-n = { $n } over tijd
process-finished = { $n } afgerond
process-stat-late = Te laat
process-stat-cases = Zaken
process-stat-open = Open
process-none = Nog geen zaken
process-none-text = Zaken komen met gebeurtenissen die een zaak dragen: een aanvraag, een bestelling, een vergunning. Haal ze uit een tabel, of stuur ze mee.
process-sample = Er is naar { $n } van de { $total } zaken gekeken: een steekproef die elke keer dezelfde is.
process-waits = Waar zaken wachten
process-waits-none = Nog geen zaak heeft twee gebeurtenissen.
process-th-between = Tussen
process-th-cases = Zaken
process-th-median = De helft wachtte
process-th-p90 = 1 op de 10 wachtte
process-th-total = Samen
process-th-share = Aandeel
process-bar = Wachten tussen { $from } en { $to }
process-late = Te late zaken
process-late-of = Te laat, van afgerond
process-overdue-open = Open en over tijd
process-not-judged = Niemand heeft nog gezegd waaraan te zien is dat een zaak klaar is, en wanneer die klaar moet zijn.
process-judge = Zeg het
process-channels = Langs welke weg ze kwamen
kpis = Openbare cijfers
kpis-answer = In { $month } zijn { $completed } transacties voltooid
kpis-none = Er is nog geen maand geteld
kpis-none-text = De vier cijfers komen uit de gebruikersreizen van de dienst en haar kosten.
kpis-none-next = Gebruikersreizen
kpis-published = Iedereen kan deze cijfers lezen.
kpis-private = Alleen mensen die de dienst draaien zien deze cijfers.
kpis-public-page = De openbare pagina
kpis-publish = Maak ze openbaar
kpis-preview = Niet openbaar: alleen mensen die de dienst draaien zien deze pagina.
kpis-public-title = { $service }: hoe het gaat
kpis-months = Per maand
kpis-version = Definities van versie { $version }.
kpis-performance = Records van het Performance Platform (JSON)
kpi-month-title = Cijfers van { $month }
kpi-month = Maand
kpi-month-def = een gebruikersreis telt in de maand waarin zij begon, in de tijdzone van de dienst
kpi-completed = Voltooid
kpi-spent = Uitgegeven
kpi-in-month = In deze maand
kpi-days = Getelde dagen
kpi-quality = Goed om te weten
kpi-cost = Kosten per stuk
kpi-cost-def = alle kosten langs alle wegen, gedeeld door voltooide transacties
kpi-take-up = Digitaal gebruik
kpi-take-up-def = voltooid via web, mail of een ander programma, van alle voltooide
kpi-completion = Voltooiing
kpi-completion-def = goed geëindigd, van geëindigd; wie hoorde geen recht te hebben eindigde goed, wie onderweg is eindigde niet
kpi-satisfaction = Tevredenheid
kpi-satisfaction-none = nog niet gemeten
kpi-satisfaction-def = tevreden en zeer tevreden, van alle antwoorden; nog niet gemeten
kpi-interval = Interval
kpi-interval-def = 95 procent, volgens Wilson
kpi-definitions = Wat deze cijfers betekenen
kpi-of = { $good } van { $total }
kpi-end-completed = Voltooid
kpi-end-not-eligible = Geen recht
kpi-end-abandoned = Afgebroken
kpi-end-failed = Mislukt
kpi-end-in-progress = Onderweg
kpi-note-running = De maand loopt: geteld en betaald tot en met { $day }.
kpi-note-days = { $n ->
    [one] Eén dag is niet geteld.
   *[other] { $n } dagen zijn niet geteld.
}
kpi-note-progress = { $n } zijn nog onderweg.
kpi-note-channels = Een gebruikersreis is niet naar weg uitgesplitst, dus het digitale gebruik is niet bekend.
kpi-note-costs = Er zijn geen kosten bekend.
kpi-note-currencies = De kosten zijn in verschillende munten, dus ze worden niet opgeteld.
