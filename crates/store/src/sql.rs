//! The wall, in the text of statements.
//!
//! `{wall}` becomes the condition that a row's client, or its service, may be seen by the asker. The rules:
//!
//! 1. A statement that names a walled table and reads, changes or deletes says `{wall}` somewhere.
//! 2. `{wall}` compares the columns `client_id` and `service_id`; `{wall a b}` compares `a` and `b`; `{wall a}` has
//!    no service column and lets through clients that are seen whole or in part.
//! 3. A statement that inserts into a walled table says `{client}`, which only [`crate::Tx::exec_in`] fills,
//!    after asking the scope.
//!
//! A statement that breaks a rule is a fault of ours and never reaches the database.

use std::collections::HashSet;

use kernel::{Problem, Scope, Wall};

use crate::{Args, Engine, Value};

/// A statement ready for one database: its text and the arguments the wall added.
#[derive(Debug, PartialEq)]
pub(crate) struct Ready {
    pub text: String,
    pub added: Args,
}

/// Makes a statement ready. `client` is set by `exec_in`.
pub(crate) fn ready(
    text: &str,
    count: usize,
    scope: &Scope,
    engine: Engine,
    walled: &HashSet<&'static str>,
    client: Option<&str>,
) -> Result<Ready, Problem> {
    let has_wall = text.contains("{wall");
    let has_client = text.contains("{client}");
    if !has_wall && !has_client && names_walled(text, walled) {
        return Err(Problem::fault(format!(
            "the statement names a walled table and says neither {{wall}} nor {{client}}: {text}"
        )));
    }
    if inserts_into_walled(text, walled) && !has_client {
        return Err(Problem::fault(format!(
            "an insert into a walled table says {{client}} and goes through exec_in: {text}"
        )));
    }
    if has_client != client.is_some() {
        return Err(Problem::fault(format!("{{client}} and exec_in belong together: {text}")));
    }
    if !has_wall && !has_client {
        return Ok(Ready { text: text.to_owned(), added: Vec::new() });
    }
    let mut out = String::with_capacity(text.len() + 128);
    let mut added: Args = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let end = rest[start..]
            .find('}')
            .map(|at| start + at)
            .ok_or_else(|| Problem::fault(format!("a brace is open in: {text}")))?;
        out.push_str(&rest[..start]);
        let inside = &rest[start + 1..end];
        if inside == "client" {
            added.push(Value::Text(client.unwrap_or_default().to_owned()));
            out.push_str(&format!("${}", count + added.len()));
        } else if let Some(columns) = inside.strip_prefix("wall") {
            push_wall(&mut out, &mut added, columns, count, scope, engine);
        } else {
            // An empty JSON object, mostly: not ours.
            out.push_str(&rest[start..=end]);
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    Ok(Ready { text: out, added })
}

fn push_wall(out: &mut String, added: &mut Args, columns: &str, count: usize, scope: &Scope, engine: Engine) {
    let Wall::Within { clients, services } = scope.wall() else {
        out.push_str("(1 = 1)");
        return;
    };
    let mut columns = columns.split_whitespace();
    let (client_column, service_column) = match (columns.next(), columns.next()) {
        (None, _) => ("client_id", Some("service_id")),
        (Some(client), service) => (client, service),
    };
    let mut seen: Vec<String> = clients.iter().map(ToString::to_string).collect();
    if service_column.is_none() {
        seen.extend(services.iter().map(|(client, _)| client.to_string()));
    }
    let mut any_of = |out: &mut String, column: &str, ids: Vec<String>| {
        added.push(Value::Text(match engine {
            Engine::Sqlite => serde_json::to_string(&ids).unwrap_or_default(),
            Engine::Postgres => ids.join(","),
        }));
        let place = count + added.len();
        match engine {
            Engine::Sqlite => out.push_str(&format!("{column} in (select value from json_each(${place}))")),
            Engine::Postgres => out.push_str(&format!("{column} = any(string_to_array(${place}, ','))")),
        }
    };
    out.push('(');
    any_of(out, client_column, seen);
    if let Some(column) = service_column
        && !services.is_empty()
    {
        out.push_str(" or ");
        any_of(out, column, services.iter().map(|(_, service)| service.to_string()).collect());
    }
    out.push(')');
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).filter(|word| !word.is_empty())
}

fn names_walled(text: &str, walled: &HashSet<&'static str>) -> bool {
    // Only after these words does a name mean a table; a column may share a table's name.
    let mut before = "";
    for word in words(text) {
        if matches!(before, "from" | "join" | "update" | "into" | "using") && walled.contains(word) {
            return true;
        }
        before = word;
    }
    false
}

fn inserts_into_walled(text: &str, walled: &HashSet<&'static str>) -> bool {
    let mut before = "";
    for word in words(text) {
        if before == "into" && walled.contains(word) {
            return true;
        }
        before = word;
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{SeededDice, TestClock};
    use kernel::{Actor, ClientId, Grant, Id, Role, ServiceId};
    use std::sync::Arc;

    fn scope(grants: Vec<Grant>) -> Scope {
        Scope::new(
            Actor::Public,
            grants,
            Arc::new(TestClock::at("2026-01-01T00:00:00Z")),
            Arc::new(SeededDice::new(1)),
        )
    }
    fn walled() -> HashSet<&'static str> {
        HashSet::from(["incidents"])
    }
    fn reader() -> Scope {
        scope(vec![
            Grant { role: Role::Reader, client: Some(ClientId::from_u128(1)), service: None },
            Grant {
                role: Role::Reader,
                client: Some(ClientId::from_u128(2)),
                service: Some(ServiceId::from_u128(3)),
            },
        ])
    }

    #[test]
    fn a_statement_that_forgets_the_wall_is_refused() {
        for bad in [
            "select id from incidents where id = $1",
            "update incidents set title = $1 where id = $2",
            "delete from incidents where id = $1",
            "select s.id from services s join incidents i on i.service_id = s.id",
            "insert into incidents (id) values ($1)",
        ] {
            assert!(ready(bad, 1, &reader(), Engine::Sqlite, &walled(), None).is_err(), "{bad}");
        }
        let fine = "select incidents from totals";
        assert!(
            ready(fine, 0, &reader(), Engine::Sqlite, &walled(), None).is_ok(),
            "a column may share the name"
        );
    }

    #[test]
    fn the_wall_lets_through_whole_clients_and_single_services() {
        let ready = ready(
            "select 1 from incidents where {wall} and id = $1",
            1,
            &reader(),
            Engine::Sqlite,
            &walled(),
            None,
        )
        .expect("says {wall}");
        assert_eq!(
            ready.text,
            "select 1 from incidents where (client_id in (select value from json_each($2)) \
             or service_id in (select value from json_each($3))) and id = $1"
        );
        assert_eq!(ready.added.len(), 2);
    }

    #[test]
    fn without_a_service_column_clients_seen_in_part_count() {
        let ready = ready(
            "select 1 from incidents c where {wall c.id}",
            0,
            &reader(),
            Engine::Postgres,
            &walled(),
            None,
        )
        .expect("says {wall}");
        assert_eq!(ready.text, "select 1 from incidents c where (c.id = any(string_to_array($1, ',')))");
        assert_eq!(
            ready.added,
            vec![Value::Text(format!("{},{}", ClientId::from_u128(1), ClientId::from_u128(2)))]
        );
    }

    #[test]
    fn an_insert_binds_the_client() {
        let text = "insert into incidents (id, client_id) values ($1, {client})";
        let ready =
            ready(text, 1, &reader(), Engine::Sqlite, &walled(), Some("cli_x")).expect("says {client}");
        assert_eq!(ready.text, "insert into incidents (id, client_id) values ($1, $2)");
    }
}
