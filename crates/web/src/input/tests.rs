use serde::Deserialize;

use super::*;

#[derive(Debug, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Colour {
    Red,
    DarkBlue,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Layer {
    zone: String,
    #[serde(default)]
    people: Vec<String>,
}

#[derive(Debug, PartialEq, Deserialize)]
struct Form {
    name: String,
    severity: u8,
    colour: Option<Colour>,
    #[serde(default)]
    quiet: bool,
    #[serde(default)]
    layers: Vec<Layer>,
}

fn form(text: &str) -> Result<Form, Problem> {
    read_form(&form::pairs(text.as_bytes())?)
}

#[test]
fn a_form_reads_numbers_boxes_choices_lists_and_nesting() {
    let read = form(
        "name=A+b%C3%A9&severity=2&colour=dark_blue&quiet=on&layers[1].zone=UTC&layers[0].zone=X&\
         layers[0].people=Noor&layers[0].people=Ben",
    )
    .unwrap();
    assert_eq!(read.name, "A bé");
    assert_eq!((read.severity, read.colour, read.quiet), (2, Some(Colour::DarkBlue), true));
    assert_eq!(read.layers[0], Layer { zone: "X".into(), people: vec!["Noor".into(), "Ben".into()] });
    assert_eq!(read.layers[1].zone, "UTC");
}

#[test]
fn empty_fields_are_absent() {
    let read = form("name=x&severity=1&colour=&quiet=").unwrap();
    assert_eq!((read.colour, read.quiet), (None, false));
}

#[test]
fn every_missing_text_field_is_named() {
    #[derive(Debug, Deserialize)]
    #[expect(dead_code, reason = "only its reading is tested")]
    struct Two {
        title: String,
        text: String,
    }
    let problem = read_form::<Two>(&form::pairs(b"title=&text=").unwrap()).unwrap_err();
    let names: Vec<_> = problem.fields.iter().map(|f| (f.field.as_str(), f.code)).collect();
    assert_eq!(names, [("title", "field-required"), ("text", "field-required")]);
}

#[test]
fn a_wrong_field_is_named_with_its_path() {
    let problem = form("name=x&severity=300").unwrap_err();
    assert_eq!((problem.fields[0].field.as_str(), problem.fields[0].code), ("severity", "field-malformed"));
    let problem = form("name=x&severity=3&layers[0].people=A").unwrap_err();
    assert_eq!(problem.fields[0].field, "layers.0.zone");
    assert_eq!(form("name=x&severity=1&colour=green").unwrap_err().fields[0].field, "colour");
}

#[test]
fn missing_and_malformed_fields_are_named_together() {
    let names = |text: &str| {
        let fields = form(text).unwrap_err().fields;
        fields.into_iter().map(|field| (field.field, field.code)).collect::<Vec<_>>()
    };
    let both = [("severity".to_owned(), "field-malformed"), ("name".to_owned(), "field-required")];
    assert_eq!(names("name=&severity=x"), both);
    assert_eq!(names("name=&severity=300"), both);
    assert_eq!(names("name=a&severity="), [("severity".to_owned(), "field-required")]);
}

#[test]
fn text_that_is_not_utf8_is_malformed() {
    assert_eq!(form::pairs(b"name=%ff").unwrap_err().kind, Kind::Malformed);
    assert_eq!(form::pairs(b"\xff=1").unwrap_err().kind, Kind::Malformed);
}

#[test]
fn fields_are_counted() {
    let at_limit = vec!["a=1"; form::MAX_FIELDS].join("&");
    assert_eq!(form::pairs(at_limit.as_bytes()).unwrap().len(), form::MAX_FIELDS);
    let past = format!("{at_limit}&a=1");
    assert_eq!(form::pairs(past.as_bytes()).unwrap_err().kind, Kind::TooLarge);
    let deep = ["a"; 9].join(".");
    assert!(form::Node::of(&[(deep, "1".into())]).is_err());
}

#[test]
fn json_names_what_is_wrong() {
    let problem = read_json::<Form>(br#"{"name": 3, "severity": 1}"#).unwrap_err();
    assert_eq!((problem.fields[0].field.as_str(), problem.kind), ("name", Kind::Invalid));
    let problem = read_json::<Form>(br#"{"name": "x"}"#).unwrap_err();
    assert_eq!((problem.fields[0].field.as_str(), problem.fields[0].code), ("severity", "field-required"));
    assert_eq!(read_json::<Form>(b"{").unwrap_err().kind, Kind::Malformed);
    assert_eq!(read_json::<Form>(br#"{"name":"x","severity":1} x"#).unwrap_err().kind, Kind::Malformed);
}
