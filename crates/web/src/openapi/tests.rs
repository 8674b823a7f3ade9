use std::collections::HashSet;

use kernel::Role;

use super::*;
use crate::routes::Routes;
use crate::testing::Stage;

/// Every `$ref` anywhere in a document.
fn references(value: &Value, found: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            found.extend(map.get("$ref").and_then(Value::as_str).map(str::to_owned));
            map.values().for_each(|inner| references(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| references(inner, found)),
        _ => {}
    }
}

#[test]
fn the_document_is_whole() {
    let document = of_rows(crate::own::routes().rows(), "https://tend.example");
    assert_eq!(document["openapi"], "3.1.0");
    let mut found = Vec::new();
    references(&document, &mut found);
    assert!(!found.is_empty());
    for reference in found {
        let pointer = reference.trim_start_matches('#');
        assert!(document.pointer(pointer).is_some(), "{reference} points nowhere");
    }
    let mut ids = HashSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for operation in item.as_object().unwrap().values() {
            assert!(ids.insert(operation["operationId"].to_string()), "twice: {}", operation["operationId"]);
            assert!(operation["responses"]["default"].is_object());
            let named: Vec<_> =
                operation["parameters"].as_array().unwrap().iter().filter(|p| p["in"] == "path").collect();
            assert_eq!(named.len(), names_in(path).len(), "{path}");
        }
    }
}

#[test]
fn parameters_come_from_the_handlers() {
    let document = of_rows(crate::own::routes().rows(), "");
    let search = &document["paths"]["/search"]["get"];
    assert_eq!(search["parameters"][0]["name"], "q");
    assert_eq!(search["parameters"][0]["description"], Value::Null);
    let look = &document["paths"]["/look"]["post"]["requestBody"]["content"]["application/json"]["schema"];
    assert!(look["$ref"].as_str().is_some_and(|name| name.ends_with("/Look")));
    assert!(document["paths"]["/live"].is_null(), "raw doors describe themselves elsewhere");
}

#[tokio::test]
async fn the_document_is_served_and_shown() {
    let stage = Stage::new(Routes::new("demo"), &[], &[]).await;
    let json = stage.person(Role::Reader).get("/api/v1/openapi.json").await;
    assert_eq!(json.json()["info"]["title"], "Tend");
    let page = stage.person(Role::Reader).get("/api").await;
    assert!(page.status == 200 && page.body.contains("/search"), "{}", page.body);
}
