use kernel::{ComponentId, Id, ServiceId};

use super::*;

fn end(text: &str) -> End {
    let (service, component) = text.split_once('/').map_or((text, None), |(s, c)| (s, Some(c)));
    let number = |name: &str| name.bytes().fold(0_u128, |n, b| n * 256 + u128::from(b));
    End {
        service: ServiceId::from_u128(number(service)),
        component: component.map(|c| ComponentId::from_u128(number(service) * 65_536 + number(c))),
    }
}

fn needs(text: &str) -> Needs {
    let mut needs = Needs::default();
    for edge in text.split_whitespace() {
        let (from, to) = edge.split_once('>').unwrap();
        needs.add(end(from), end(to)).unwrap();
    }
    needs
}

#[test]
fn slugs_spell_names() {
    for (name, slug) in [
        ("Parking permits", "parking-permits"),
        ("Bewonersparkeren & Zo (2026)", "bewonersparkeren-zo-2026"),
        ("  Café Øst – Straße ", "cafe-ost-strasse"),
        ("許可", "service"),
        ("--", "service"),
        (&"long name ".repeat(20), "long-name-long-name-long-name-long-name-long-name-long-name"),
    ] {
        assert_eq!(slug_of(name), slug, "{name}");
    }
    assert_eq!(slugs_of("A b").take(3).collect::<Vec<_>>(), ["a-b", "a-b-2", "a-b-3"]);
}

#[test]
fn a_need_that_closes_a_circle_is_found_with_its_way() {
    for (known, more, circle) in [
        ("a>b b>c", "c>a", Some("c a b c")),
        ("a>b b>c", "a>c", None),
        ("", "a>a", Some("a a")),
        ("s/web>s/db", "s/db>s/web", Some("s/db s/web s/db")),
        // To need a service is to need its parts.
        ("x/api>s/db", "s/db>x", Some("s/db x x/api s/db")),
        // A part does not need its own service, so two services may use each other's different parts.
        ("x/api>s/db", "s/web>x/api", None),
        ("s>x x/api>s/db", "x/api>s/web", None),
        ("s>x x/api>s/db", "x/api>s", Some("x/api s x x/api")),
    ] {
        let (from, to) = more.split_once('>').unwrap();
        let expected = circle.map(|way| way.split(' ').map(end).collect::<Vec<_>>());
        assert_eq!(needs(known).add(end(from), end(to)).err(), expected, "{known} + {more}");
    }
}

#[test]
fn a_long_chain_is_walked_without_harm() {
    let mut needs = Needs::default();
    let node = |n: u128| End { service: ServiceId::from_u128(n), component: None };
    for n in (0..1_000).rev() {
        needs.add(node(n), node(n + 1)).unwrap_or_else(|_| panic!("{n}"));
    }
    assert_eq!(needs.add(node(1_000), node(0)).map_err(|way| way.len()), Err(1_002));
}
