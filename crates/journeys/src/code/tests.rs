use kernel::code::Names;

use super::*;

const FILE: &str = r#"
- name: Apply for a parking permit
  unit: visit
  window: 2h
  steps:
    - { name: start, path: /apply }
    - { name: form, path: /apply/form, component: web }
    - { name: payment, event: payment started, where: { method: [ideal, card], amount: ">= 5" }, optional: true }
    - { name: done, any: [{ path: "/apply/done" }, { event: applied }] }
  endings: [{ not_eligible: { path: /apply/not-eligible } }, { failed: { event: payment failed } }]
  exclusions: [{ event: cancelled, after: form, before: done }]
  segments: [device, method]
  zone: Europe/Amsterdam
  owner: Noor Kaya
  targets: { completion: 65%, within: 28d, latency: 2s, errors: 1% }
- name: Renew
  unit: case
  window: 30d
  order: any_order
  steps: [{ name: start, path: /renew }, { name: call, event: called, channel: phone }]
"#;

fn parts(yaml: &str) -> Vec<ServiceJourneys> {
    let journeys: Vec<Spanned<JourneyPart>> = serde_saphyr::from_str(yaml).expect("the shape fits");
    let declare = |journey: Spanned<JourneyPart>| {
        let line = u32::try_from(journey.referenced.line()).expect("a short file");
        Declared::new(Place::new("town.yml", line, 3), journey.value)
    };
    let journeys = journeys.into_iter().map(declare).collect();
    vec![ServiceJourneys { client: None, service: "Parking permits".into(), journeys }]
}

fn told(yaml: &str) -> Vec<String> {
    let mut names = Names::default();
    names.complete = true;
    names.add("component", "Parking permits/web");
    names.add("person", "Noor Kaya");
    super::check(&parts(yaml), &names).iter().map(ToString::to_string).collect()
}

#[test]
fn everything_can_be_written_and_reads_back_as_itself() {
    assert_eq!(told(FILE), [] as [&str; 0]);
    for declared in &parts(FILE)[0].journeys {
        let (draft, mistakes) = read(declared);
        assert!(mistakes.is_empty());
        let journey = Journey {
            id: kernel::Id::from_u128(1),
            client: kernel::Id::from_u128(1),
            service: kernel::Id::from_u128(2),
            name: draft.name.clone(),
            slug: "x".into(),
            unit: draft.shape.unit,
            window: draft.shape.window,
            order: draft.shape.order,
            steps: draft.shape.steps.clone(),
            endings: draft.shape.endings.clone(),
            exclusions: draft.shape.exclusions.clone(),
            segments: draft.shape.segments.clone(),
            zone: if draft.shape.zone.is_empty() { "UTC".into() } else { draft.shape.zone.clone() },
            owner: None,
            targets: draft.targets,
            declared_in: None,
            created_at: jiff::Timestamp::UNIX_EPOCH,
            changed_at: jiff::Timestamp::UNIX_EPOCH,
        };
        let part = part_of(&journey, |_| None, |_| None);
        let text = serde_saphyr::to_string(&vec![part]).expect("it can be written");
        let again = read(&parts(&text)[0].journeys[0]).0;
        assert_eq!(again.shape, journey.shape(), "{text}");
        assert_eq!(again.targets, draft.targets);
    }
}

#[test]
fn mistakes_say_where_and_what_is_right() {
    let steps = "steps: [{ name: a, path: /a }, { name: b, path: /b }]";
    let case = |text: &str, expected: &str| assert_eq!(told(&format!("- {{ {text} }}")), [expected]);
    case(
        "name: x, steps: [{ name: a, path: /a }]",
        "town.yml:1:3: a journey has 2 to 32 steps; this one has 1",
    );
    case(
        &format!("name: x, window: soon, {steps}"),
        r#"town.yml:1:22: "soon" is not a span of time; write for example 30s, 5m, 1h30m or 7d"#,
    );
    case(
        &format!("name: x, owner: Nor Kaya, {steps}"),
        r#"town.yml:1:21: no person is called "Nor Kaya"; did you mean "Noor Kaya"?"#,
    );
    case(
        "name: x, steps: [{ name: a, path: /a }, { name: b }]",
        r#"town.yml:1:45: step "b" looks for nothing; give it a path or an event"#,
    );
    case(
        &format!("name: x, targets: {{ completion: 0.65 }}, {steps}"),
        r#"town.yml:1:37: "0.65" is not a share; write for example 65%"#,
    );
    case(
        &format!("name: x, endings: [{{ gone: {{ path: /x }} }}], {steps}"),
        r#"town.yml:1:24: "gone" is no ending; one of not_eligible, failed and abandoned"#,
    );
    case(
        &format!("name: x, exclusions: [{{ event: e, after: third }}], {steps}"),
        r#"town.yml:1:46: no step is called "third""#,
    );
    let daily = told(&format!("- {{ name: x, unit: visitor, window: 25h, {steps} }}"));
    assert!(daily[0].starts_with("town.yml:1:37: a visitor is recognised for a day only"), "{daily:?}");
    let twice = format!("- {{ name: x, {steps} }}\n- {{ name: X, {steps} }}");
    assert_eq!(told(&twice), [r#"town.yml:2:11: journey "X" is already declared at town.yml:1:11"#]);
}

#[test]
fn shares_read_and_write() {
    for (text, number) in [("65%", 0.65), ("99.9%", 0.999), ("0%", 0.0), ("100%", 1.0)] {
        assert_eq!(share(text), Some(number), "{text}");
        assert_eq!(share_text(number), text);
    }
    assert_eq!([share("65"), share("101%"), share("-1%"), share("%")], [None; 4]);
}
