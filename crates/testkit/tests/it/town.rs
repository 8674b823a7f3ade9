//! The town that most stories play in: one service with two probes, and three people who take turns.

/// Kustwerk runs the checkout of Lindehaven. Ana is called first, Ben after five minutes, Cas when nobody
/// else is there. Duinstad is another client, whose people must see nothing of it.
pub const KUSTWERK: &str = r#"
operator: { name: Kustwerk }
clients: [{ name: Lindehaven }, { name: Duinstad }]
people:
  - name: Olga
    email: olga@kustwerk.example
    zone: Europe/Amsterdam
    roles: [{ role: admin }]
    contact: [{ mail: olga@kustwerk.example }]
    rules: [mail at once]
  - name: Ana
    email: ana@kustwerk.example
    zone: Europe/Amsterdam
    roles: [{ role: engineer, client: Lindehaven }]
    contact: [{ mail: ana@kustwerk.example }]
    rules: [mail at once]
  - name: Ben
    email: ben@kustwerk.example
    zone: Europe/Amsterdam
    roles: [{ role: engineer, client: Lindehaven }]
    contact: [{ mail: ben@kustwerk.example }]
    rules: [mail at once]
  - name: Cas
    email: cas@kustwerk.example
    zone: Europe/Amsterdam
    roles: [{ role: reader, client: Lindehaven }]
    contact: [{ mail: cas@kustwerk.example }]
    rules: [mail at once]
  - name: Sanne
    email: sanne@kustwerk.example
    zone: Europe/Amsterdam
    roles: [{ role: engineer, client: Duinstad }]
    contact: [{ mail: sanne@kustwerk.example }]
    rules: [mail at once]
services:
  - name: Checkout
    client: Lindehaven
    owner: Olga
    probes:
      - { name: start page, http: "https://checkout.example/", every: 30s, timeout: 10s, retries: 1, expect: { status: 200, text: Welcome } }
      - { name: payment page, http: "https://checkout.example/payment", every: 30s, timeout: 10s, retries: 1, expect: { status: 200 } }
    escalation: Night watch
    status_page: { slug: checkout, title: Checkout, public: true }
escalations:
  - name: Night watch
    client: Lindehaven
    repeat: 1
    acknowledgement: 30m
    steps:
      - { wait: 5m, page: [{ person: Ana }] }
      - { wait: 5m, page: [{ person: Ben }] }
    fallback: [{ person: Cas }]
"#;
