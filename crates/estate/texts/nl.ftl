services-title = Diensten
services-none = Er is nog geen dienst.
services-all-work = { $n ->
    [one] De dienst werkt.
   *[other] Alle { $n } diensten werken.
}
services-work = { $n ->
    [one] Eén dienst werkt;
   *[other] { $n } diensten werken;
}
services-unwatched = { $n ->
    [one] één wordt nog niet bewaakt.
   *[other] { $n } worden nog niet bewaakt.
}
services-all-unwatched = { $n ->
    [one] De dienst wordt nog niet bewaakt.
   *[other] Geen van de { $n } diensten wordt al bewaakt.
}
services-bad = { $n } van { $total } diensten hebben iemand nodig:
services-and-more = en nog { $n }
services-empty = Hier draait nog niets
services-empty-next = Voeg hier de eerste dienst toe, of beschrijf hem in een bestand en pas de map toe:
services-all-clients = Alle klanten
services-all-phases = Alle behalve gearchiveerd
services-all-states = Alle toestanden
services-attention = Heeft iemand nodig
services-not-watched = Niet bewaakt
services-no-match = Geen dienst past bij dit filter
services-no-match-next = Gearchiveerde diensten verschijnen alleen als die fase is gekozen.
services-show-all = Alle diensten tonen
services-need-this = Diensten die dit nodig hebben

estate-service = Dienst
service-new = Dienst toevoegen
service-new-question = Welke dienst komt erbij?
service-edit = { $name } wijzigen
service-add = Dienst toevoegen
service-works = { $name } werkt.
service-archived = { $name } is gearchiveerd.
service-not-watched = { $name } wordt nog niet bewaakt.
service-is-up = werkt
service-is-down = werkt niet
service-is-degraded = is traag of werkt deels
service-is-unknown = is niet vast te stellen
service-is-maintenance = is in onderhoud
service-is-pending = wacht op de eerste metingen
service-needs-a-person = heeft iemand nodig
service-picture = Wat van wat afhangt
service-paged = { $people } wordt opgeroepen
service-in-hand = er wordt aan gewerkt
service-nobody-paged = niemand heeft er dienst voor
service-name-hint = Zoals de gebruikers hem noemen.
service-client-hint = De organisatie van wie de dienst is. Dat kan later niet veranderen, want alles van de dienst staat achter de muur van die klant.
service-description-hint = Wat mensen ermee komen doen, in een of twee zinnen.
service-needs-client = Een dienst hoort bij een klant
service-needs-client-next = Er is geen klant waarvoor u diensten mag toevoegen.
service-to-clients = Naar de klanten
service-added = De dienst is toegevoegd.
service-changed = De dienst is gewijzigd.

estate-save = Opslaan
estate-cancel = Annuleren
estate-since = sinds
estate-state = Toestand
estate-client = Klant
estate-changed = Gewijzigd
estate-name = Naam
estate-description = Omschrijving
estate-reason = Reden
estate-change = Wijzigen
estate-remove = Verwijderen
estate-actions = Acties
estate-about = Over
estate-declared = Vastgelegd
estate-declared-in = Vastgelegd in { $place }
estate-declared-read-only = Vastgelegd in een bestand; daar wordt het gewijzigd.
estate-on-screen = op het scherm

estate-phase = Fase
phase-discovery = Verkenning
phase-alpha = Alfa
phase-beta = Bèta
phase-live = Live
phase-retiring = Uitfasering
phase-archived = Gearchiveerd
phase-change = Naar een andere fase
phase-change-title = Een andere fase voor { $name }
phase-now = Nu: { $phase }.
phase-next = Wordt
phase-enter = Fase ingaan
phase-reason-hint = Wat is besloten, en door wie. Het blijft in de geschiedenis staan.
phase-entered = De dienst is de fase ingegaan.
estate-life-title = Levensloop
estate-life-empty = Er is geen fase vastgelegd.

estate-owner = Eigenaar
estate-owner-nobody = Niemand
estate-owner-hint = Wie ervoor instaat.
estate-ownership = Eigendom van
estate-ownership-client = de klant
estate-ownership-operator = de leverancier
estate-ownership-shared = beide, volgens contract
estate-ownership-hint = Van wie de dienst is en wat ervoor is gemaakt; die beslist of hij mag verhuizen.
estate-consumers = Gebruikt door
estate-consumers-hint = Wie gebruikt wat hij biedt: gebruikers, andere organisaties, andere diensten.
estate-end-of-life = Eindigt op
estate-end-of-life-hint = Als het al bekend is: een contract loopt af, een product wordt vervangen.

estate-component = Onderdeel
components-title = Onderdelen
components-of = Onderdelen van { $name }
components-n = { $n ->
    [0] geen onderdelen
    [one] 1 onderdeel
   *[other] { $n } onderdelen
}
components-empty = Er zijn nog geen onderdelen
components-empty-next = Onderdelen kunnen los van elkaar stukgaan. Controles zeggen naar welk onderdeel ze kijken.
component-add = Onderdeel toevoegen
component-added = Het onderdeel is toegevoegd.
component-change = { $name } wijzigen
component-changed = Het onderdeel is gewijzigd.
component-remove = { $name } verwijderen?
component-remove-why = Wat ervan afhangt en waar het van afhangt wordt mee vergeten. De feiten blijven.
component-removed = Het onderdeel is verwijderd.
component-not-watched = { $name } wordt niet door een eigen controle bewaakt.
estate-graph-label = Waaruit { $name } bestaat en waarvan het afhangt
estate-needs = Hangt af van
estate-needs-nothing = Het hangt af van niets dat is vastgelegd.
estate-needed-by = Nodig voor
estate-needed-by-nothing = Niets dat u mag zien hangt ervan af.

estate-environment = Omgeving
environment-none = Overal
environments-title = Omgevingen
environments-empty = Er is er geen genoemd.
environment-add = Omgeving toevoegen
environment-added = De omgeving is toegevoegd.
environment-removed = De omgeving is verwijderd.

dependencies-title = Afhankelijkheden
dependencies-empty = Hij hangt nergens van af, en niets dat u mag zien hangt van hem af.
dependency-from = Dit
dependency-to = hangt af van
dependency-add = Afhankelijkheid toevoegen
dependency-added = De afhankelijkheid is toegevoegd.
dependency-removed = De afhankelijkheid is verwijderd.
dependency-hidden = iets van een andere klant

estate-people-title = Mensen
estate-people-empty = Nog niemand heeft een rol bij deze dienst.
estate-role-admin = beheerder
estate-role-service-owner = diensteigenaar
estate-role-engineer = engineer
estate-role-agent = agent
estate-role-client-contact = contactpersoon van de klant
estate-role-reader = lezer

estate-timeline = Tijdlijn
estate-timeline-title = Wat er met { $name } gebeurde
estate-timeline-all = Alles wat gebeurde
estate-timeline-kind = Toon
estate-timeline-kind-all = Alles
estate-timeline-kind-estate = Wat het is
estate-timeline-kind-watch = Wat is gezien
estate-timeline-kind-respond = Wat is gedaan
estate-timeline-kind-people = Mensen

field-client-stays = Een dienst blijft bij zijn klant.
field-phase-cannot-follow = { $to } kan niet op { $from } volgen.
field-no-slash = Zonder schuine streep: die staat tussen een dienst en zijn onderdeel.
field-circle = Dat sluit een kring: { $way }.
field-estate-bad-day = Schrijf de dag als 2029-12-31.
field-estate-unknown-environment = Deze dienst heeft zo'n omgeving niet.
field-estate-unknown-person = Zo iemand is er niet.
field-estate-unknown-part = Zo'n dienst of onderdeel is er niet.
field-estate-not-the-name = Dat is niet de naam.

problem-service-declared =
    .title = Het is vastgelegd in een bestand
    .detail = Het staat in { $place } en wordt daar gewijzigd, zodat het bestand blijft kloppen. Hier is niets gewijzigd.

noun-service = dienst
noun-component = onderdeel
noun-environment = omgeving
noun-dependency = afhankelijkheid
