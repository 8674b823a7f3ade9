# Doelen, budgetten, hun verdeling over componenten, en wat een incident kost.
objective = Doel
objectives = Doelen
objectives-met = { $met } van { $total } gehaald
objectives-more = { $n ->
    [one] Nog één staat bij zijn reis.
   *[other] Nog { $n } staan bij hun reis.
}
objectives-none = Nog geen reis heeft een doel
objectives-none-text = Zeg in het bestand of het formulier van een reis wat zij belooft; het budget wordt geteld uit wat er al is.
objectives-none-journeys = Een doel hoort bij een reis. Leg eerst vast waarvoor mensen komen.
objective-kind-completion = Voltooiing
objective-kind-errors = Fouten
objective-kind-latency = Wachttijd
objective-at = van { $step }
objective-title = { $kind ->
    [completion] Voltooiing
    [errors] Fouten
   *[latency] Wachttijd
} · { $journey }
objective-title-step = { $kind ->
    [completion] Voltooiing
    [errors] Fouten
   *[latency] Wachttijd
} van { $step } · { $journey }
objective-promise = Doel
objective-window = { $window ->
    [week] deze week
    [month] deze maand
    [quarter] dit kwartaal
    [year] dit jaar
   *[other] over { $window }
}
objective-is = Is
objective-of = { $n ->
    [0] niemand geteld
    [one] van één
   *[other] van { $n }
}
objective-left = Budget over
objective-left-label = { $left } van het budget is over
objective-gone = op
objective-why-fine = gehaald
objective-why-burning = brandt
objective-why-fading = voorbij, nog te zien
objective-why-spent = budget op
objective-why-idle = niemand gekomen
objective-why-sparse = te weinig gemeten
objective-why-stale = nu niet gemeten
objective-why-new = nog niets gemeten
objective-answer-fine = Het wordt gehaald: { $left } van het budget is over.
objective-answer-burning = Het budget brandt: { $left } is over.
objective-answer-over = Het budget brandt en is met { $over } overschreden.
objective-answer-fading = Het brandde en is gestopt: { $left } van het budget is over.
objective-answer-spent = Het wordt niet gehaald: het budget is met { $over } overschreden.
objective-answer-idle = Niemand kwam, dus er is niets te zeggen.
objective-answer-sparse = Er is te weinig gemeten om te zeggen of het wordt gehaald.
objective-answer-stale = Het wordt op dit moment niet gemeten.
objective-answer-new = Er is nog niets gemeten.
objective-promise-completion = minstens { $target } van wie begint komt tot een goed einde, over { $window }
objective-promise-errors = minstens { $target } gaat niet fout door de dienst, over { $window }
objective-promise-latency = minstens { $target } binnen { $limit }, over { $window }
objective-interval = tussen { $low } en { $high }
objective-counted = Geteld
objective-bad = { $n } niet goed
objective-coverage = Van de tijd gemeten
objective-source-funnel = door de trechter
objective-source-spans = door spans van het component
objective-source-vitals = door browsers, grootste beeld
objective-source-none = nog door niets
objective-new = Nog niets heeft dit gemeten
objective-new-text-completion = Het tellen begint met de eerste gebeurtenis van de reis. Kijk of de bron zendt.
objective-new-text-errors = Het wordt gemeten aan spans van het component van de stap. Zend OpenTelemetry-traces met de naam van het component als service name.
objective-new-text-latency = Het wordt gemeten aan spans van het component van de stap, of door browsers op de pagina van de stap. Zend traces, of zet de tracker op de pagina.
objective-unknown-idle = Gemeten, en in het hele venster kwam niemand. Dat is geen 100 % en geen 0 %.
objective-unknown-sparse = Minder dan 95 % van het venster is gemeten, dus er wordt niets gezegd. Alarmen blijven zoals ze waren.
objective-unknown-stale = De nieuwste meting is ouder dan 15 minuten. Tot het tegendeel blijkt is dat onze eigen fout; alarmen blijven zoals ze waren.
objective-curve = Hoeveel van het budget is uitgegeven
objective-curve-label = Budget uitgegeven, procent, over het venster
objective-gone-text = Gaat het door als het laatste etmaal, dan is het budget op
objective-lasts = Gaat het door als het laatste etmaal, dan is er genoeg budget.
objective-ledger = Wie het heeft uitgegeven
objective-ledger-who = Wat er gebeurde
objective-ledger-when = Sinds
objective-ledger-bad = Niet goed
objective-ledger-share = Van het budget
objective-ledger-nobody = Buiten elk incident en onderhoud
objective-ledger-sum = Samen
objective-ledger-text = Het venster laat { $allowed } toe die niet goed zijn. Wat in meer incidenten valt telt voor het eerste; onderhoud krijgt alleen wat geen incident heeft.
objective-ledger-none = Er is niets uitgegeven.
objective-burn = Hoe snel het brandt
objective-burn-tier = Regel
objective-burn-now = Tempo
objective-burn-short = kort { $burn }
objective-burn-fires = Alarm bij
objective-burn-capped = verlaagd
objective-burn-text = Een tempo van 1 verbruikt precies het budget van het venster. Een regel slaat alarm als het lange en het korte venster allebei zo snel branden. Verlaagd: meer kan bij dit doel niet voorkomen.
objective-burn-none = Er is nog niets te beoordelen.
objective-tier-fast = Een uur, roept op
objective-tier-slow = Zes uur, roept op
objective-tier-day = Een dag, werk voor overdag
objective-tier-days = Drie dagen, werk voor overdag
objective-says-fires = slaat alarm
objective-says-fades = neemt af
objective-says-calm = rustig
objective-says-too_few = te weinig verkeer
objective-says-young = te jong
objective-says-unseen = niet te zien
objective-how = Hoe er wordt geteld
objective-how-completion = Wie in een stuk van vijf minuten begint telt mee zodra het venster van de reis voorbij is of een einde is bereikt. Wie nog onderweg is telt niet mee; wie langer doet dan bijna iedereen geldt als weg tot het anders blijkt. Horen dat je er niet voor in aanmerking komt is een goed einde.
objective-how-errors = Van de hele reis: wie eindigde met een fout. Van een stap: spans van het component die op een fout eindigden, van de bewerkingen die de pagina van de stap noemen als die er zijn.
objective-how-latency = Spans van het component van de stap, en anders wat browsers op de pagina van de stap maten. Op 1 % nauwkeurig.
objective-how-method = Aantallen, nooit gemiddelden van verhoudingen. Wat niet is gemeten blijft buiten beschouwing en is te zien als dekking.
objective-declared = Vastgelegd in { $place }
objective-judged = Beoordeeld
objective-fault-target = Schrijf een aandeel zoals 99,5 %.

impact = Wat het de mensen kost die komen
impact-steps = { $n ->
    [one] bij de stap { $steps }
   *[other] bij de stappen { $steps }
}
impact-by-service = geraakt als deel van de dienst; welke stap is niet bekend
impact-lost-case = Ongeveer { $n ->
    [one] één zaak verloren
   *[other] { $n } zaken verloren
}
impact-lost-user = Ongeveer { $n ->
    [one] één aanvraag verloren
   *[other] { $n } aanvragen verloren
}
impact-lost-visitor = Ongeveer { $n ->
    [one] één aanvraag verloren
   *[other] { $n } aanvragen verloren
}
impact-lost-visit = Ongeveer { $n ->
    [one] één aanvraag verloren
   *[other] { $n } aanvragen verloren
}
impact-between = tot nu toe; tussen { $low } en { $high }
impact-ordinary = Niet meer verloren dan op een gewone dag
impact-up-to = (hooguit { $high })
impact-no-usual = Wat op dit uur gewoon is, is nog niet bekend
impact-starts = Komen per minuut
impact-completes = Voltooien per minuut
impact-rate = { $now }, gewoonlijk { $usual }
impact-completed = Voltooid sindsdien
impact-of-usual = { $n }, gewoonlijk { $usual }
impact-came-back = Kwam terug en voltooide
impact-basis-weeks = Gewoonlijk: dezelfde uren van { $n } weken, zonder incidenten
impact-basis-days = Gewoonlijk: dezelfde uren van { $n } dagen, zonder incidenten
impact-more = { $n ->
    [one] Nog één reis wordt geraakt.
   *[other] Nog { $n } reizen worden geraakt.
}
impact-how = Hoe dit is berekend
impact-how-text = Gewoonlijk is de mediaan van dezelfde uren van de laatste weken. Verloren is gewoonlijk min wat er kwam; het interval is een voorspellingsinterval van 95 % (Students t over de weken, minstens zo breed als toeval het maakt). Nu is het laatste kwartier. Wie terugkomt wordt een week gevolgd, een bezoek alleen binnen zijn dag.
impact-none = Van geen reis is bekend dat zij nodig heeft wat het niet doet.
impact-no-journeys = Deze dienst heeft geen reizen, dus wie dit raakt is niet bekend.
impact-add-journey = Zeg waarvoor mensen komen

split = Verdeel over componenten
split-title = Wat elk component moet beloven · { $journey }
split-answer-missing = { $n ->
    [one] Eén component haalt zijn deel nu niet.
   *[other] { $n } componenten halen hun deel nu niet.
}
split-answer-unknown = { $n ->
    [one] Eén component wordt niet gemeten; de andere halen hun deel.
   *[other] { $n } componenten worden niet gemeten; de andere halen hun deel.
}
split-answer-fine = Elk component haalt zijn deel.
split-answer-no-parts = Geen stap noemt een component
split-answer-no-target = De reis heeft geen doel voor fouten
split-answer-more = { $target } voor de reis, verdeeld over { $n ->
    [one] één deel
   *[other] { $n } delen
}, elk één keer geteld hoeveel stappen het ook nodig hebben.
split-no-target-text = Geef haar een doel voor fouten, of probeer er hier een.
split-no-parts-text = Noem het component van elke stap; waarvan dat afhangt volgt uit het landschap.
split-target = Doel
split-tried = hier geprobeerd
split-of-journey = van de reis
split-predicted = Voorspeld
split-bounds = tussen { $low } en { $high }, wat er ook samen uitvalt
split-measured = Gemeten
split-measured-hint = de reis zelf, niet fout gegaan
split-within = Op tijd
split-within-hint = binnen { $limit } voor het geheel
split-divide = Verdeel
split-try = Doel
split-weights = Verdeel
split-weights-equal = gelijk
split-weights-measured = naar wat eerder uitviel
split-parts = Delen
split-part = Deel
split-steps = Nodig voor
split-must = Moet
split-does = Doet
split-by-spans = { $n ->
    [one] één aanroep
   *[other] { $n } aanroepen
}
split-by-alerts = tijd zonder alarm, { $days } dagen
split-by-nothing = niet gemeten
split-verdict = Nu
split-verdict-keeps = haalt het
split-verdict-unsure = haalt het misschien niet
split-verdict-misses = haalt het niet
split-verdict-unknown = niet bekend
split-blame = Van het verlies
split-check = Klopt de som?
split-check-musts = De beloften van de delen samen
split-check-predicted = Wat gemeten is, samen
split-check-bounds = Wat er ook samen uitvalt
split-check-naive = Per stap geteld (fout)
split-check-measured = De reis zoals gemeten
split-range = { $low } tot { $high }
split-how-exact = Precies berekend, alsof delen onafhankelijk van elkaar uitvallen.
split-how-sampled = { $runs } keer nagespeeld met vaste dobbelstenen: tussen { $low } en { $high }.
split-left-out = { $n ->
    [one] Eén deel dat niemand meet telt niet mee.
   *[other] { $n } delen die niemand meet tellen niet mee.
}
split-check-text = Slechter gemeten dan voorspeld: er valt iets uit dat bij geen deel hoort. Beter gemeten: delen vallen tegelijk uit, of een fout wordt onderweg opgevangen.
split-latency = Tijd
split-step = Stap
split-part-ms = Zijn deel
split-takes = Duurt, { $share }
split-median = Mediaan
split-time-p95 = Het geheel, 95 %
split-time-added = De 95 % van de stappen opgeteld (niet hetzelfde)
split-time-worst = In het slechtste geval, als het een het ander vertraagt
split-time-within = Binnen { $limit }
split-time-text = { $good } van { $total } stappen zijn gemeten. Percentielen tellen niet op: het geheel is de convolutie van wat de stappen duren. Elk deel volgt de mediaan van de stap en moet vaker dan 95 % worden gehaald, zodat alle samen het geheel halen.
split-no-times = Er is geen tijd beloofd, of geen gemeten
split-no-times-text = Geef de reis een doel voor wachttijd en zend spans van haar componenten, of zet de tracker op haar pagina's.
