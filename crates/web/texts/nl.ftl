# Teksten van web zelf. De sleutels van een onderdeel beginnen met een eigen woord; deze zijn gedeeld.

# -- het raam
skip = Naar de inhoud
nav-main = Hoofdmenu
nav-services = Diensten
nav-incidents = Incidenten
nav-on-call = Oproepdienst
nav-journeys = Gebruikersreizen
nav-probes = Probes
nav-clients = Klanten
nav-people = Mensen
nav-system = Systeem
nav-more = Meer
crumbs = Waar u bent
search = Zoeken
search-everything = Zoek in alles
theme = Weergave
theme-auto = Als het apparaat
theme-light = Licht
theme-dark = Donker
language = Taal
me-menu = Uw menu
me-profile = Uw profiel
me-sign-out = Afmelden
sign-in = Aanmelden
keys = Toetsen
keys-show = Toon de toetsen
key-search = Zoeken
key-go = Naar een onderdeel van het menu
key-move = Door een lijst gaan
key-open = Openen
key-create = Iets nieuws maken
key-palette = Alle handelingen en plaatsen
key-help = Deze toetsen
palette-title = Ga naar of doe
palette-ask = Typ een plaats, een handeling of een naam
palette-none = Niets gevonden.
stale-since = Niet bijgewerkt sinds
close = Sluiten
copy = Kopiëren
copied = Gekopieerd
live-on = Live

# -- tijden
time-now = zojuist
time-minutes-ago = { $n ->
    [one] { $n } minuut geleden
   *[other] { $n } minuten geleden
}
time-hours-ago = { $n ->
    [one] { $n } uur geleden
   *[other] { $n } uur geleden
}
time-in-minutes = { $n ->
    [one] over { $n } minuut
   *[other] over { $n } minuten
}
time-in-hours = { $n ->
    [one] over { $n } uur
   *[other] over { $n } uur
}

# -- toestanden
state = Toestand
state-up = Werkt
state-degraded = Verminderd
state-down = Ligt eruit
state-unknown = Onbekend
state-maintenance = Onderhoud
state-pending = In afwachting
state-open = Open
state-acknowledged = Opgepakt
state-resolved = Opgelost
state-sev1 = Ernst 1
state-sev2 = Ernst 2
state-sev3 = Ernst 3
state-sev4 = Ernst 4
state-none = Niet gemeten
severity-n = Ernst { $n }

# -- bouwstenen
form-refused = Dit kon niet worden gedaan
form-mistake = Fout:
type-name = Typ “{ $name }” om door te gaan
filter = Filteren
pager = Bladzijden van deze lijst
pager-next = Volgende bladzijde
pager-shown = { $n ->
    [one] { $n } getoond
   *[other] { $n } getoond
}
range = Periode
timeline-empty = Er is nog niets gebeurd.
as-table = Als tabel
csv = Downloaden als CSV
day = Dag
time = Tijd
value = Waarde
days-ago = { $n ->
    [one] { $n } dag geleden
   *[other] { $n } dagen geleden
}
today = Vandaag
letter-foot = Verzonden door Tend.
public-foot = Draait met Tend
panel-failed = Dit deel kon niet worden geladen.
panel-again = Opnieuw laden

# -- werkwoorden die elk onderdeel gebruikt
save = Opslaan
remove = Verwijderen
rename = Hernoemen
cancel = Annuleren
add = Toevoegen
edit = Wijzigen

# -- zoeken
search-title = “{ $q }”
search-found = { $n ->
    [one] { $n } resultaat voor “{ $q }”
   *[other] { $n } resultaten voor “{ $q }”
}
search-nothing = Niets past bij “{ $q }”.
search-nothing-next = Probeer een korter woord, of de naam van de dienst waar het bij hoort.
search-ask = Wat zoekt u?
search-ask-hint = Namen van diensten, onderdelen, incidenten, probes en mensen.

# -- de koppeling voor programma's
api-title = Koppeling voor programma’s
api-answer = De gegevens van elk scherm staan als JSON op { $base }.
api-hint = Stuur een token mee in de kop Authorization. Lijsten nemen limit en after; after is de next van de vorige bladzijde.
api-problems = Wat er mis kan gaan
api-document = OpenAPI 3.1-document
api-takes = Neemt
api-gives = Geeft
api-name = Naam
api-place = Waar
api-kind = Type
api-about = Wat het is
api-required = verplicht
api-nothing = Neemt niets.
api-access = Voor

# -- zelfstandige naamwoorden voor “niet gevonden”
noun-address = adres
noun-journey = gebruikersreis
noun-link = koppeling
noun-file = bestand

# -- problemen: wat er gebeurde, wat veilig is, wat nu
problems-title = Elk “nee” van Tend
problems-what = Wat de code in een antwoord betekent, en wat u kunt doen. Wat hier als … staat, zegt het antwoord zelf.
problem-next = Wat nu
problem-request = Vraagt u iemand hierom, geef dan dit nummer:
problem-back = Opnieuw proberen
problem-home = Naar het eerste scherm
problem-sent = Wat u stuurde
problem-malformed =
    .title = Het verzoek kon niet worden gelezen
    .detail = Het heeft geen vorm die Tend begrijpt.
    .safe = Er is niets veranderd.
    .next = Ga terug en probeer het opnieuw.
problem-malformed-text =
    .title = Het verzoek bevat tekens die geen tekst zijn
    .detail = Het adres of een veld is geen geldige UTF-8.
    .safe = Er is niets veranderd.
    .next = Controleer het adres, of typ de tekst opnieuw.
problem-malformed-json =
    .title = De JSON kon niet worden gelezen
    .detail = { $why }.
    .safe = Er is niets veranderd.
    .next = Verbeter het en stuur het opnieuw.
problem-wrong-type =
    .title = Dit soort inhoud leest Tend niet
    .detail = Handelingen nemen een formulier of application/json.
    .safe = Er is niets veranderd.
    .next = Stuur het met de juiste Content-Type.
problem-too-large =
    .title = Dat is meer dan Tend ineens aanneemt
    .detail = De grens is { $limit_kib } KiB.
    .safe = Er is niets veranderd.
    .next = Stuur minder, of in delen.
problem-too-many-fields =
    .title = Het formulier heeft te veel velden
    .detail = De grens is { $limit }.
    .safe = Er is niets veranderd.
    .next = Stuur het in delen.
problem-address-too-long =
    .title = Het adres is te lang
    .safe = Er is niets veranderd.
    .next = Gebruik minder filters.
problem-unauthenticated =
    .title = Meld u eerst aan
    .detail = Dit is voor mensen met een naam in Tend. Uw sessie kan zijn verlopen.
    .safe = Er is niets veranderd.
    .next = Meld u aan, dan komt u hier terug.
problem-token-unknown =
    .title = Dit token is niet bekend
    .detail = Het is ingetrokken, verlopen of nooit uitgegeven.
    .safe = Er is niets veranderd.
    .next = Maak een nieuw token onder uw profiel.
problem-forbidden =
    .title = Dit mag u niet doen
    .detail = Uw rollen laten u het zien, maar niet doen.
    .safe = Er is niets veranderd.
    .next = Vraag een beheerder om de rol die u nodig hebt.
problem-form-expired =
    .title = Dit formulier is te oud
    .detail = Uw sessie is veranderd sinds het scherm werd geopend, of cookies staan uit.
    .safe = Er is niets veranderd.
    .next = Ga terug, laad het scherm opnieuw en stuur het formulier nog eens.
problem-form-from-elsewhere =
    .title = Dit kwam van een andere site
    .detail = Tend neemt alleen formulieren aan die in Tend zelf zijn geopend.
    .safe = Er is niets veranderd.
    .next = Open Tend zelf en doe het daar.
problem-not-found =
    .title = Dit bestaat niet: { $what }
    .detail = Het bestaat niet, of het is niet voor u om te zien.
    .next = Controleer het adres, of zoek het op naam.
problem-wrong-method =
    .title = Dat neemt dit adres niet aan
    .safe = Er is niets veranderd.
    .next = Open het scherm en gebruik de knoppen.
problem-link-expired =
    .title = Deze koppeling is niet meer geldig
    .detail = Koppelingen gelden een beperkte tijd.
    .safe = Er is niets veranderd.
    .next = Vraag een nieuwe aan, of meld u aan.
problem-invalid =
    .title = Er klopt iets niet in het formulier
    .safe = Er is niets veranderd.
    .next = Verbeter wat gemarkeerd is en stuur het opnieuw.
problem-taken =
    .title = Zo een is er al
    .safe = Er is niets veranderd.
    .next = Kies een andere naam.
problem-still-used =
    .title = Het is nog in gebruik
    .detail = Iets anders verwijst ernaar.
    .safe = Er is niets veranderd.
    .next = Verwijder eerst wat ernaar verwijst.
problem-changed-meanwhile =
    .title = Iemand anders heeft dit intussen veranderd
    .safe = Uw wijziging is niet doorgevoerd; die van de ander staat.
    .next = Laad het scherm opnieuw en kijk wat er veranderde.
problem-too-often =
    .title = Te veel pogingen
    .safe = Er is niets veranderd.
    .next = Wacht even en probeer het opnieuw.
problem-fault =
    .title = Er ging bij ons iets mis
    .detail = Dit is een fout in Tend, niet in wat u deed.
    .safe = Wat eerder is bewaard, is veilig. Wat u net deed, is niet bewaard.
    .next = Probeer het opnieuw. Gebeurt het weer, geef een beheerder dan het nummer hieronder.
problem-busy =
    .title = Tend heeft het druk
    .detail = Er wordt meer gevraagd dan het ineens kan beantwoorden.
    .safe = Er is niets veranderd en niets verloren.
    .next = Wacht een paar seconden en probeer het opnieuw.
problem-store-busy =
    .title = De database heeft het druk
    .safe = Er is niets veranderd en niets verloren.
    .next = Wacht een paar seconden en probeer het opnieuw.
problem-store-path =
    .title = De database kan niet worden geopend
    .next = Controleer of de map bestaat en beschreven mag worden.
problem-disk-full =
    .title = De schijf is vol
    .detail = Tend kan alles tonen maar niets bewaren.
    .safe = Wat is bewaard, is veilig. Wat u net deed, is niet bewaard.
    .next = Maak ruimte vrij op de server; daarna gaat het vanzelf verder.
problem-secrets-key =
    .title = Een geheim kan niet gelezen worden
    .detail = Het is verzegeld met de sleutel { $key }, die Tend niet kreeg.
    .safe = Er is niets gewijzigd.
    .next = Gebruik een herstelcode, of vraag wie de installatie beheert het sleutelbestand terug te zetten.
problem-lake-path =
    .title = De map met gebeurtenissen kan niet worden geopend
    .detail = { $path }
    .safe = Er is niets gewijzigd.
    .next = Kijk naar de eigenaar en de rechten van de map en start opnieuw.
problem-lake-locked =
    .title = Een ander proces heeft de gebeurtenissen open
    .detail = { $path }
    .safe = Er is niets gewijzigd.
    .next = Stop het andere proces, of geef dit proces een eigen map voor gegevens.
problem-lake-foreign =
    .title = De gebeurtenissen horen bij een andere database
    .detail = { $path } bevat gebeurtenissen waar deze database niets van weet.
    .safe = Er is niets gewijzigd.
    .next = Noem de database die erbij hoort, of een lege map voor gegevens.
problem-lake-held =
    .title = Een back-up kopieert de gebeurtenissen
    .safe = Er is niets gewijzigd en er gaat niets verloren.
    .next = Probeer het over een minuut opnieuw.
problem-lake-file-missing =
    .title = Een bestand met gebeurtenissen ontbreekt
    .detail = { $file }
    .safe = Al het andere is er.
    .next = Draai "tend doctor" op de server: dat zegt welke bestanden ontbreken en wat u kunt doen.
problem-lake-store =
    .title = De objectopslag antwoordt niet
    .safe = Er gaat niets verloren; nieuwe gebeurtenissen blijven op deze machine.
    .next = Kijk naar het adres, de sleutels en het netwerk en probeer het opnieuw.
problem-lake-store-address =
    .title = Dit is geen adres van een objectopslag
    .detail = { $url }
    .safe = Er is niets gewijzigd.
    .next = Schrijf het als s3://bucket/voorvoegsel.
problem-lake-too-many =
    .title = Dat is meer dan Tend in één keer aanneemt
    .detail = De grens is { $most } rijen.
    .safe = Er is niets bewaard.
    .next = Stuur het in delen.
problem-backup-unwritable =
    .title = De reservekopie kan niet worden geschreven
    .next = Controleer de map en de vrije ruimte.
problem-backup-unreadable =
    .title = Dit is geen reservekopie die Tend kan lezen
    .next = Kies een ander bestand.
problem-restore-not-empty =
    .title = Er is al een database
    .safe = Er is niets overschreven.
    .next = Zet terug op een lege plaats.
problem-restore-newer =
    .title = De reservekopie komt van een nieuwere Tend
    .safe = Er is niets veranderd.
    .next = Zet haar terug met die versie of een nieuwere.
problem-lake-too-much =
    .title = Deze vraag kost meer geheugen dan een vraag mag
    .detail = De grens is { $limit_mib } MiB.
    .safe = Er is niets veranderd.
    .next = Vraag naar minder dagen, minder waarden, of zonder verschillende bezoeken te tellen.
problem-lake-too-many-cells =
    .title = Deze vraag heeft te veel tijdvakken
    .detail = Het mogen er { $most } zijn.
    .safe = Er is niets veranderd.
    .next = Vraag naar minder dagen, of naar dagen in plaats van uren.
problem-lake-too-many-alternatives =
    .title = Deze vraag zoekt te veel verschillende dingen
    .detail = Het mogen er { $most } zijn.
    .safe = Er is niets veranderd.
    .next = Gebruik een patroon voor meer pagina's tegelijk, of minder stappen.
problem-lake-funnel-steps =
    .title = Een trechter heeft 2 tot 32 stappen
    .safe = Er is niets veranderd.
    .next = Voeg een stap toe of haal er een weg.
problem-lake-funnel-optional =
    .title = De eerste en de laatste stap kunnen niet facultatief zijn
    .safe = Er is niets veranderd.
    .next = Maak ze verplicht of laat ze weg.
problem-lake-funnel-window =
    .title = De tijd voor de hele reis kan niet negatief zijn
    .safe = Er is niets veranderd.
    .next = Geef een tijd van nul of meer.
problem-lake-funnel-exclusions =
    .title = Wat een reis uitsluit past niet bij de stappen
    .detail = Het ligt tussen twee stappen die er zijn, in hun volgorde, en een trechter in willekeurige volgorde heeft er geen.
    .safe = Er is niets veranderd.
    .next = Verbeter de stappen waar het tussen ligt.
problem-lake-funnel-range =
    .title = De periode eindigt voordat ze begint
    .safe = Er is niets veranderd.
    .next = Verwissel begin en einde.
problem-lake-path-depth =
    .title = Een pad heeft { $least } tot { $most } plaatsen
    .safe = Er is niets veranderd.
    .next = Kies een lengte daartussen.
problem-timed-out =
    .title = Dit duurde te lang
    .detail = Tend hield op met wachten op zichzelf.
    .safe = Het kan toch zijn gedaan.
    .next = Kijk of het is gedaan voordat u het opnieuw probeert.
problem-body-timed-out =
    .title = Het verzoek kwam te langzaam binnen
    .safe = Er is niets veranderd.
    .next = Probeer het opnieuw met een betere verbinding.
problem-kind-400 =
    .title = Het verzoek kon niet worden gelezen
problem-kind-401 =
    .title = Meld u eerst aan
problem-kind-403 =
    .title = Dit mag u niet doen
problem-kind-404 =
    .title = Hier is niets
problem-kind-405 =
    .title = Dat neemt dit adres niet aan
problem-kind-409 =
    .title = Dit is niet meer zo
problem-kind-410 =
    .title = Dit is niet meer geldig
problem-kind-413 =
    .title = Dat is meer dan Tend ineens aanneemt
problem-kind-415 =
    .title = Dit soort inhoud leest Tend niet
problem-kind-422 =
    .title = Er klopt iets niet
problem-kind-429 =
    .title = Te veel pogingen
problem-kind-500 =
    .title = Er ging bij ons iets mis
problem-kind-503 =
    .title = Dit kan Tend nu niet
problem-kind-504 =
    .title = Dit duurde te lang

# -- velden
field-required = Vul dit in.
field-malformed = Dit kan niet worden gelezen.
field-unknown = Dit is niet bekend.
field-choice = Kies een van de gegeven mogelijkheden.
field-taken = Dit is al in gebruik.
field-too-long = { $max ->
    [none] Dit is te lang.
   *[other] Dit is langer dan { $max } tekens.
}
field-too-many = { $max ->
    [none] Dit zijn er te veel.
   *[other] Het mogen er hoogstens { $max } zijn.
}
field-bad-characters = Hierin staan tekens die niet getoond kunnen worden.
field-bad-number = Dit is geen telefoonnummer met landnummer, zoals +31 6 12345678.
field-bad-mail = Dit is geen mailadres.
field-bad-url = Dit is geen adres dat begint met https:// of http://.
field-bad-cursor = Dit is geen plaats in de lijst. Begin op de eerste bladzijde.

# -- alle bouwstenen, om te bekijken
kitchen-title = Bouwstenen

problem-database-newer =
    .title = Deze database is door een nieuwere Tend geschreven.
    .detail = Er staat schemastap { $step } in, die dit programma niet kent.
    .safe = Er is niets veranderd.
    .next = Start het nieuwere programma, of zet de back-up terug van vóór de upgrade.
chart-expected = verwacht
chart-between = tussen
