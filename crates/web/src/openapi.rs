//! The JSON twins, described: an OpenAPI 3.1 document made from the doors, and the same for people.

use std::collections::BTreeMap;

use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::Method;
use http::header::CONTENT_TYPE;
use schemars::generate::SchemaSettings;
use schemars::{JsonSchema, SchemaGenerator};
use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::answer::{Refusal, Shown, View};
use crate::routes::{API, MakeSchema, Row, Shape};
use crate::site::Site;
use crate::text::Text;

/// Where definitions stand in the document.
const SCHEMAS: &str = "/components/schemas";
/// How far references are followed for a picture of an answer.
const MAX_PICTURE: usize = 4;

/// `GET /api/v1/openapi.json`.
pub(crate) async fn document(State(site): State<Site>) -> Response {
    let rows = site.joined.rows.get().map(Vec::as_slice).unwrap_or_default();
    let body = of_rows(rows, &site.settings.base_url).to_string();
    ([(CONTENT_TYPE, "application/json")], body).into_response()
}

/// The document of these doors.
pub(crate) fn of_rows(rows: &[Row], base_url: &str) -> Value {
    let mut generator = generator();
    let mut paths: BTreeMap<String, Map<String, Value>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.shape != Shape::Raw) {
        let path = if row.path == "/" { "/".to_owned() } else { row.path.clone() };
        let operation = operation(row, &mut generator);
        paths.entry(path).or_default().insert(row.method.as_str().to_lowercase(), operation);
    }
    let mut schemas: Map<String, Value> = generator.take_definitions(true);
    schemas.insert("Problem".into(), problem_schema());
    json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Tend",
            "version": env!("CARGO_PKG_VERSION"),
            "description": "The data of every screen. A request carries `Authorization: Bearer TOKEN`; \
                lists take `limit` and `after` (the `next` of the page before).",
        },
        "servers": [{ "url": format!("{base_url}{API}") }],
        "security": [{ "token": [] }],
        "paths": paths,
        "components": {
            "schemas": schemas,
            "securitySchemes": {
                "token": { "type": "http", "scheme": "bearer", "description": "A token made under your name in Tend." },
            },
            "responses": {
                "Problem": {
                    "description": "A refusal or failure, RFC 9457.",
                    "content": { "application/problem+json": { "schema": { "$ref": "#/components/schemas/Problem" } } },
                },
            },
        },
    })
}

fn generator() -> SchemaGenerator {
    SchemaSettings::draft2020_12()
        .with(|settings| settings.definitions_path = SCHEMAS.into())
        .into_generator()
}

fn operation(row: &Row, generator: &mut SchemaGenerator) -> Value {
    let mut parameters = path_parameters(row, generator);
    for make in row.described.query.iter().flatten() {
        parameters.extend(query_parameters(*make, generator));
    }
    let mut operation = json!({
        "operationId": operation_id(row),
        "tags": [row.feature],
        "parameters": parameters,
        "responses": responses(row, generator),
        "x-access": format!("{:?}", row.access).to_lowercase(),
    });
    if let (Some(map), Some(body)) = (operation.as_object_mut(), row.described.body) {
        let schema = body(generator).to_value();
        map.insert(
            "requestBody".into(),
            json!({ "required": true, "content": { "application/json": { "schema": schema } } }),
        );
    }
    if let (Some(map), Some(summary)) = (operation.as_object_mut(), summary(row, generator)) {
        map.insert("summary".into(), summary.into());
    }
    operation
}

/// What the answer's or the body's doc comment says.
fn summary(row: &Row, generator: &mut SchemaGenerator) -> Option<String> {
    let make = row.described.answer.or(row.described.body)?;
    let schema = resolve(make(generator).to_value(), generator);
    schema.get("description")?.as_str().map(str::to_owned)
}

fn responses(row: &Row, generator: &mut SchemaGenerator) -> Value {
    let fine = match row.described.answer {
        Some(make) => json!({ "200": {
            "description": "The data of the screen.",
            "content": { "application/json": { "schema": make(generator).to_value() } },
        } }),
        None => json!({
            "200": { "description": "Done, with what came of it.", "content": { "application/json": {} } },
            "204": { "description": "Done." },
        }),
    };
    let mut all = fine;
    if let Some(map) = all.as_object_mut() {
        map.insert("default".into(), json!({ "$ref": "#/components/responses/Problem" }));
    }
    all
}

/// `GET /incidents/{id}` is `respond.get.incidents.id`.
fn operation_id(row: &Row) -> String {
    let words =
        row.path.split('/').filter(|word| !word.is_empty()).map(|word| word.trim_matches(['{', '}', '*']));
    let method = row.method.as_str().to_lowercase();
    std::iter::once(row.feature).chain([method.as_str()]).chain(words).collect::<Vec<_>>().join(".")
}

fn names_in(path: &str) -> Vec<&str> {
    path.split('/')
        .filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
        .map(|name| name.trim_start_matches('*'))
        .collect()
}

fn path_parameters(row: &Row, generator: &mut SchemaGenerator) -> Vec<Value> {
    let names = names_in(&row.path);
    let schema = row.described.path.map(|make| make(generator).to_value());
    let whole = schema.clone().map(|schema| resolve(schema, generator)).unwrap_or_default();
    let of = |place: usize, name: &str| -> Value {
        if let Some(found) = whole.pointer(&format!("/properties/{name}")) {
            return found.clone();
        }
        if let Some(found) = whole.pointer(&format!("/prefixItems/{place}")) {
            return found.clone();
        }
        schema.clone().unwrap_or_else(|| json!({ "type": "string" }))
    };
    names
        .iter()
        .enumerate()
        .map(|(place, name)| json!({ "name": name, "in": "path", "required": true, "schema": of(place, name) }))
        .collect()
}

fn query_parameters(make: MakeSchema, generator: &mut SchemaGenerator) -> Vec<Value> {
    let schema = resolve(make(generator).to_value(), generator);
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    properties
        .into_iter()
        .map(|(name, schema)| {
            let needed = required.contains(&name.as_str());
            json!({ "name": name, "in": "query", "required": needed, "schema": schema })
        })
        .collect()
}

/// The schema a reference points to.
fn resolve(schema: Value, generator: &SchemaGenerator) -> Value {
    let Some(name) = schema.get("$ref").and_then(Value::as_str).and_then(|at| at.rsplit('/').next()) else {
        return schema;
    };
    generator.definitions().get(name).cloned().unwrap_or(schema)
}

fn problem_schema() -> Value {
    json!({
        "type": "object",
        "description": "RFC 9457, with the request's id for whoever you ask about it.",
        "required": ["type", "title", "status", "code", "instance", "request"],
        "properties": {
            "type": { "type": "string", "format": "uri" },
            "title": { "type": "string" },
            "status": { "type": "integer" },
            "code": { "type": "string" },
            "detail": { "type": "string" },
            "instance": { "type": "string" },
            "request": { "type": "string" },
            "retry_after": { "type": "integer", "description": "Seconds." },
            "errors": { "type": "array", "items": {
                "type": "object",
                "required": ["field", "code", "detail"],
                "properties": {
                    "field": { "type": "string" },
                    "code": { "type": "string" },
                    "detail": { "type": "string" },
                },
            } },
        },
    })
}

// -- for people

/// The JSON interface, for people.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub(crate) struct Reference {
    /// Where the interface is.
    base: String,
    /// By feature.
    groups: Vec<Group>,
}

/// The operations of one feature.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Group {
    /// The feature.
    feature: String,
    /// Its operations.
    operations: Vec<Operation>,
}

/// One operation.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Operation {
    /// The anchor.
    id: String,
    /// GET or POST.
    method: String,
    /// The path below the base.
    path: String,
    /// Who may.
    access: String,
    /// What it is, if its data says so.
    summary: Option<String>,
    /// Parameters of path and query, and fields of the body.
    takes: Vec<Taken>,
    /// What the answer looks like.
    gives: Option<String>,
}

/// One parameter or field.
#[derive(Debug, Clone, Serialize, JsonSchema)]
struct Taken {
    /// Its name.
    name: String,
    /// path, query or body.
    place: String,
    /// Its type in a word.
    kind: String,
    /// Whether it must be given.
    required: bool,
    /// What it is.
    about: String,
}

impl View for Reference {
    const TEMPLATE: &'static str = "api.html";
    const AREA: &'static str = "system";
    fn title(&self) -> Text {
        Text::key("api-title")
    }
    fn samples() -> Vec<(&'static str, Self)> {
        vec![("own", reference_of(crate::own::routes().rows(), "https://tend.example"))]
    }
}

/// `GET /api`.
pub(crate) async fn reference(State(site): State<Site>) -> Result<Shown<Reference>, Refusal> {
    let rows = site.joined.rows.get().map(Vec::as_slice).unwrap_or_default();
    Ok(Shown(reference_of(rows, &site.settings.base_url)))
}

fn reference_of(rows: &[Row], base_url: &str) -> Reference {
    let document = of_rows(rows, base_url);
    let mut groups: BTreeMap<String, Vec<Operation>> = BTreeMap::new();
    for row in rows.iter().filter(|row| row.shape != Shape::Raw) {
        let method = row.method.as_str().to_lowercase();
        let found = document["paths"][row.path.as_str()].get(&method).cloned().unwrap_or_default();
        groups.entry(row.feature.to_owned()).or_default().push(for_people(row, &found, &document));
    }
    let mut groups: Vec<Group> =
        groups.into_iter().map(|(feature, operations)| Group { feature, operations }).collect();
    for group in &mut groups {
        group.operations.sort_by(|a, b| (&a.path, &a.method).cmp(&(&b.path, &b.method)));
    }
    Reference { base: format!("{base_url}{API}"), groups }
}

fn for_people(row: &Row, operation: &Value, document: &Value) -> Operation {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let mut takes: Vec<Taken> = operation["parameters"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|parameter| Taken {
            name: text(&parameter["name"]),
            place: text(&parameter["in"]),
            kind: kind_of(&parameter["schema"], document),
            required: parameter["required"].as_bool().unwrap_or_default(),
            about: text(&parameter["schema"]["description"]),
        })
        .collect();
    let body = followed(&operation["requestBody"]["content"]["application/json"]["schema"], document);
    let required: Vec<String> = body["required"].as_array().into_iter().flatten().map(text).collect();
    takes.extend(body["properties"].as_object().into_iter().flatten().map(|(name, schema)| Taken {
        name: name.clone(),
        place: "body".into(),
        kind: kind_of(schema, document),
        required: required.contains(name),
        about: text(&schema["description"]),
    }));
    let answer = &operation["responses"]["200"]["content"]["application/json"]["schema"];
    Operation {
        id: operation_id(row),
        method: row.method.to_string(),
        path: row.path.clone(),
        access: format!("{:?}", row.access).to_lowercase(),
        summary: operation["summary"].as_str().map(str::to_owned),
        takes,
        gives: (!answer.is_null() && row.method == Method::GET)
            .then(|| serde_json::to_string_pretty(&picture(answer, document, 0)).unwrap_or_default()),
    }
}

fn followed<'a>(schema: &'a Value, document: &'a Value) -> &'a Value {
    match schema["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        Some(name) => &document["components"]["schemas"][name],
        None => schema,
    }
}

/// A type in a word: `string`, `IncidentId`, `list of string`, `one of open, resolved`.
fn kind_of(schema: &Value, document: &Value) -> String {
    if let Some(name) = schema["$ref"].as_str().and_then(|at| at.rsplit('/').next()) {
        let target = &document["components"]["schemas"][name];
        return if target["enum"].is_array() { kind_of(target, document) } else { name.to_owned() };
    }
    if let Some(words) = schema["enum"].as_array() {
        let words: Vec<&str> = words.iter().filter_map(Value::as_str).collect();
        return words.join(" | ");
    }
    for many in ["anyOf", "oneOf"] {
        if let Some(kinds) = schema[many].as_array() {
            let mut kinds: Vec<String> = kinds
                .iter()
                .map(|kind| match kind["const"].as_str() {
                    Some(word) => word.to_owned(),
                    None => kind_of(kind, document),
                })
                .filter(|kind| kind != "null")
                .collect();
            kinds.dedup();
            return kinds.join(" | ");
        }
    }
    match &schema["type"] {
        Value::String(kind) if kind == "array" => format!("list of {}", kind_of(&schema["items"], document)),
        Value::String(kind) => schema["format"].as_str().unwrap_or(kind).to_owned(),
        Value::Array(kinds) => {
            let kinds: Vec<&str> =
                kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").collect();
            kinds.join(" | ")
        }
        _ => "any".into(),
    }
}

/// What an answer looks like: names with their types.
fn picture(schema: &Value, document: &Value, depth: usize) -> Value {
    let whole = followed(schema, document);
    if depth >= MAX_PICTURE {
        return kind_of(schema, document).into();
    }
    if let Some(properties) = whole["properties"].as_object() {
        let fields = properties.iter().map(|(name, kind)| (name.clone(), picture(kind, document, depth + 1)));
        return Value::Object(fields.collect());
    }
    if whole["type"] == "array" && !whole["items"].is_null() {
        return json!([picture(&whole["items"], document, depth + 1)]);
    }
    kind_of(schema, document).into()
}

#[cfg(test)]
mod tests;
