# Signalen: bronnen en wat ze vertellen.

nav-sources = Bronnen
noun-source = bron
intake-sources = Bronnen
intake-sources-of = Bronnen van { $service }
intake-panel = Bronnen
intake-panel-all = Alle
intake-panel-more = Alle { $n } bronnen

intake-answer-none = Nog geen bron vertelt wat gebruikers doen
intake-answer-none-of = Nog geen bron vertelt wat gebruikers van { $service } doen
intake-answer-silent = { $n ->
    [one] Eén bron, en die heeft nog niets verteld
   *[other] { $n } bronnen, en geen heeft al iets verteld
}
intake-answer-some = { $rate } gebeurtenissen per minuut; { $n ->
    [one] één bron heeft nog nooit iets verteld
   *[other] { $n } bronnen hebben nog nooit iets verteld
}
intake-answer-all = { $rate } gebeurtenissen per minuut uit { $n ->
    [one] één bron
   *[other] { $n } bronnen
}
intake-answer-never = { $name } heeft nog niets verteld
intake-answer-day = { $name } vertelde de laatste 24 uur van { $n } gebeurtenissen van mensen
intake-answer-quiet = { $name } vertelde de laatste 24 uur van geen mensen

intake-add = Bron toevoegen
intake-edit = Wijzigen
intake-save = Opslaan
intake-cancel = Annuleren
intake-remove = Verwijderen
intake-remove-title = { $name } verwijderen?
intake-remove-text = Pagina's en programma's die de sleutel nog sturen, worden niet meer gehoord. Wat de bron vertelde, blijft tot het verloopt.
intake-source-added = { $name } is toegevoegd; sluit er nu een client op aan
intake-source-changed = { $name } is gewijzigd
intake-source-removed = { $name } is verwijderd

intake-none = Geen bronnen
intake-none-of = Geen bronnen
intake-none-text = Een bron is een site, een app of een programma dat vertelt wat gebruikers doen. Clients van Plausible, Umami, PostHog, Matomo, Snowplow en OpenTelemetry kunnen vertellen zoals ze zijn.
intake-none-go = Kies een dienst
intake-never = Nooit gehoord
intake-day-note = Mensen, programma's en wat niet telt: de laatste 24 uur. Programma's staan apart en worden nooit met mensen gemengd.

intake-th-source = Bron
intake-th-service = Dienst
intake-th-rate = Per minuut
intake-th-day = 24 uur
intake-th-people = Mensen
intake-th-bots = Programma's
intake-th-ignored = Niet geteld
intake-th-last = Laatst gehoord
intake-th-key = Sleutel
intake-th-door = Client
intake-th-why = Waarom
intake-th-count = Signalen
intake-th-event = Gebeurtenis
intake-th-when = Wanneer
intake-th-24h = 24 uur
intake-th-7d = 7 dagen
intake-spark = Gebeurtenissen van mensen uit { $name } in de laatste 24 uur
intake-unit-events = gebeurtenissen

intake-stat-people = Mensen
intake-stat-bots = Programma's
intake-stat-vitals = Metingen
intake-stat-ignored = Niet geteld
intake-stat-day = 24 uur
intake-stat-apart = apart gehouden
intake-stat-why = zie waarom

intake-hours = Gebeurtenissen van mensen, per uur
intake-hours-label = Gebeurtenissen van mensen uit { $name }, per uur, in de laatste 7 dagen
intake-newest = Nieuwste gebeurtenissen van { $service }
intake-newest-none = De laatste 24 uur kwam er niets binnen.
intake-ignored = Niet geteld, en waarom
intake-ignored-none = Alles wat de laatste 7 dagen binnenkwam, is geteld.
intake-ignored-text = Elk antwoord noemt de reden in de header x-tend-ignored.
intake-cut = { $n ->
    [one] Eén gebeurtenis van de laatste 7 dagen had meer dan 50 eigenschappen; de rest ervan is weggelaten.
   *[other] { $n } gebeurtenissen van de laatste 7 dagen hadden meer dan 50 eigenschappen; de rest ervan is weggelaten.
}
intake-strays = Signalen zonder bron
intake-strays-text = De laatste 24 uur kwamen deze aan een deur en noemden een sleutel die geen bron heeft, of waren onleesbaar.
intake-no-key = geen sleutel

intake-reason-unknown-key = Onbekende sleutel
intake-reason-unknown-key-text = Geen bron heeft de sleutel, het domein of het nummer dat gestuurd werd.
intake-reason-malformed = Onleesbaar
intake-reason-malformed-text = De inhoud is stuk of afgebroken, of een veld heeft een waarde die niet kan.
intake-reason-too-large = Te groot
intake-reason-too-large-text = Meer dan 6 MB zoals gestuurd, 20 MB uitgepakt, of 20.000 gebeurtenissen tegelijk.
intake-reason-missing = Onvolledig
intake-reason-missing-text = Een naam, een adres of het id van een gebruiker ontbreekt.
intake-reason-address = Geen webadres
intake-reason-address-text = De pagina heeft een adres als data: of javascript:.
intake-reason-too-old = Te oud
intake-reason-too-old-text = Het gebeurde voor alles wat nog bewaard wordt; vaak een klok die nooit gezet is.
intake-reason-future = In de toekomst
intake-reason-future-text = Het gebeurt pas over meer dan 24 uur; de klok van de afzender loopt verkeerd.
intake-reason-opted-out = Wil niet geteld worden
intake-reason-opted-out-text = De browser stuurde Do Not Track of Global Privacy Control, en deze bron houdt zich daaraan.
intake-reason-range = Onmogelijke meting
intake-reason-range-text = Meer dan 60 seconden, een verschuiving van meer dan 100, of onder nul.
intake-reason-no-event = Gaat over geen gebeurtenis
intake-reason-no-event-text = Berichten die iemand aanwijzen of een bezoek open houden; ze tellen niet als gebeurtenis.
intake-reason-too-often = Te vaak
intake-reason-too-often-text = Eén adres stuurde een tijd lang meer dan 500 verzoeken per seconde.

intake-door-tend = Tend
intake-door-plausible = Plausible
intake-door-umami = Umami
intake-door-posthog = PostHog
intake-door-matomo = Matomo
intake-door-snowplow = Snowplow
intake-door-otlp = OpenTelemetry
intake-door-access_log = Toegangslog
intake-door-csv = Tabel

intake-keys = Sleutels
intake-key = Sleutel
intake-number = Matomo-site
intake-uuid = Umami-website
intake-domains = Domeinen
intake-also = Andere sleutels
intake-keys-text = Sleutels staan in pagina's en zijn dus niet geheim. Wie er een heeft, kan gebeurtenissen toevoegen en niets lezen.
intake-privacy = Privacy
intake-identity = Wie bekend is
intake-identity-none = Niemand bekend
intake-identity-daily = Bezoekers van een dag
intake-identity-declared = Genoemde gebruikers
intake-identity-none-text = Bezoekers worden niet onderscheiden. Bezoeken bestaan alleen waar de client ze noemt.
intake-identity-daily-text = Een bezoeker is een getal uit adres en browser met een willekeurige waarde van de dag. Na 48 uur wordt die waarde vernietigd en kan niemand meer zeggen wie het getal was. Geen cookies.
intake-identity-declared-text = Een gebruiker of zaak die de dienst noemt, wordt een getal onder een eigen sleutel. Wie die sleutel vernietigt, vernietigt het verband. Anderen zijn bezoekers van een dag.
intake-identity-none-choice = Niemand: geen bezoekers, alleen bezoeken die de client noemt
intake-identity-daily-choice = Bezoekers van een dag, zonder cookies; na 48 uur niet meer te koppelen
intake-identity-declared-choice = Gebruikers die de dienst noemt, als getallen die gewist kunnen worden
intake-signals = Do Not Track, GPC
intake-signals-yes = Geëerbiedigd
intake-signals-no = Niet bekeken
intake-keep = Gebeurtenissen blijven bewaard
intake-keep-days = { $n ->
    [one] Eén dag
   *[other] { $n } dagen
}
intake-keep-ever = Voor altijd
intake-declared = Vastgelegd in { $place }: wijzig het daar en pas de map toe.

intake-connect = Een client aansluiten
intake-connect-text = Een client die al aan een ander product vertelt, kan Tend vertellen zoals hij is: alleen zijn adres verandert.
intake-way-tracker = De eigen tracker van Tend
intake-way-tracker-text = Eén regel in de kop van elke pagina. Geen cookies; paginaweergaven, formulieren, fouten en snelheid.
intake-way-plausible = Plausible
intake-way-plausible-text = De tracker uit npm, of een andere client van Plausible's events-API. Het domein is er een van deze bron.
intake-way-umami = Umami
intake-way-umami-text = Het script dat er al staat, met een andere host en dit website-id; of @umami/node met hostUrl.
intake-way-posthog = PostHog
intake-way-posthog-text = Elke bibliotheek ervan, met deze sleutel en een andere host.
intake-way-matomo = Matomo
intake-way-matomo-text = De tracker die er al is, of een bulkimport, met dit site-id.
intake-way-snowplow = Snowplow
intake-way-snowplow-text = Elke tracker ervan; het app-id is deze sleutel.
intake-way-otlp = OpenTelemetry
intake-way-otlp-text = Traces, metrics en logs van de programma's van de dienst over OTLP/HTTP.
intake-way-http = HTTP
intake-way-http-text = Voor balies, telefoons, brieven en backoffices: één gebeurtenis, een lijst of een batch, beantwoord als die op schijf staat.

intake-form-new = Bron toevoegen
intake-form-new-for = Bron toevoegen aan { $service }
intake-form-change = { $name } wijzigen
intake-name = Naam
intake-name-hint = De site, app of het programma zoals mensen het noemen: website, balie, backoffice.
intake-domains-hint = Een domein per regel, zonder www. Clients van Plausible sturen het.
intake-respects = Do Not Track en Global Privacy Control eerbiedigen
intake-keep-hint = In dagen, zoals 400d. Niets betekent voor altijd.
intake-also-summary = Vertelde eerder aan een ander product
intake-also-hint = Sleutels die de pagina's al sturen: een PostHog-token, een Umami-website-id, een Snowplow-app-id. Een sleutel per regel.
intake-field-long = Hoogstens 80 letters.
intake-field-domain = { $value } is geen domein zoals svc.example.
intake-field-word = Een sleutel heeft 1 tot 253 letters en geen spaties.
intake-field-many = Hoogstens 50.
intake-field-keep = Van 1 dag tot 3.653 dagen.
intake-field-span = { $value } is geen tijdsduur; schrijf bijvoorbeeld 400d.
intake-field-taken = Een andere bron heeft { $value } al.
intake-field-confirm = Dit is niet de naam van de bron.
problem-intake-too-many =
    .title = Dat zijn te veel bronnen
    .detail = Een dienst heeft hoogstens { $max } bronnen.
    .next = Verwijder er een die niemand nodig heeft, of gebruik er een voor meer sites.

intake-erase = Eén gebruiker of zaak wissen
intake-erase-text = Voor wie vraagt om te wissen wat over hem of haar bekend is. De gebeurtenissen verdwijnen uit elk bestand van het meer, en de sleutel tussen naam en getal wordt vernietigd.
intake-erase-whose = Van wie
intake-erase-user = Een gebruiker
intake-erase-case = Een zaak
intake-erase-named = Naam
intake-erase-named-hint = Zoals de dienst het noemt: het id van de gebruiker, het nummer van de aanvraag.
intake-erase-sure = Het kan niet ongedaan worden gemaakt
intake-erase-do = Wissen
intake-erased = Gewist: { $n ->
    [one] één gebeurtenis
   *[other] { $n } gebeurtenissen
} en de sleutel
intake-erased-nothing = Onder die naam is niets bekend
intake-field-sure = Bevestig dat het niet ongedaan kan worden gemaakt.
intake-erase-open = Zeg van wie
