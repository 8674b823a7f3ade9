system-title = Systeem
system-answer-fine = Tend werkt, en elke taak loopt op tijd.
system-answer-troubled = { $n ->
    [one] Eén taak heeft problemen.
   *[other] { $n } taken hebben problemen.
}
system-operator = Instellingen van de beheerder
system-version = Versie
system-started = Gestart
system-database = Database
system-size = Op schijf
system-facts = Feiten
system-events = Gebeurtenissen
system-events-size = Gebeurtenissen op schijf
system-events-refused = Op dit moment worden geen gebeurtenissen aangenomen:
system-tasks = Taken
system-troubled = Taken met problemen
system-troubled-none = Hier is niets te doen
system-troubled-none-text = Elke taak liep op tijd en zonder fout.
system-more = Verder kijken
system-api = API-naslag
system-metrics = Metingen voor Prometheus
system-tasks-title = Taken
system-tasks-answer = { $n ->
    [one] Eén taak loopt vanzelf.
   *[other] { $n } taken lopen vanzelf, in de richting van de gegevens.
}
system-tasks-none = Er is geen taak gestart
system-tasks-none-text = Taken lopen in het proces dat bedient; dit proces antwoordt alleen.
system-task = Taak
system-task-stage = Fase
system-task-state = Toestand
system-task-running = loopt
system-task-failed = mislukt
system-task-waiting = wacht
system-task-fine = goed
system-task-last = Laatste keer
system-task-next = Volgende
system-task-took = Duurde
system-task-runs = Keren
system-task-failures = Fouten
system-task-did = Deed
system-task-error = Waarom
system-stage-signal = Signaal
system-stage-fact = Feit
system-stage-evaluate = Oordeel
system-stage-act = Daad
system-stage-report = Verslag
system-audit-title = Audit
system-audit-answer = Alles wat er gebeurde, het nieuwste eerst
system-audit-verify = Elke regel draagt de hash van de regel ervoor. "tend audit verify" leest de hele keten en zegt waar die is veranderd.
system-audit-seq = Nummer
system-audit-at = Wanneer
system-audit-who = Wie
system-audit-what = Wat
system-audit-data = Gegevens
system-audit-none = Er is nog niets gebeurd
system-audit-none-text = Het eerste feit komt met de eerste verandering.
