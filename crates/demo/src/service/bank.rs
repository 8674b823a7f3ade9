//! The bank's gateway, a second server the permits depend on, and the few lines that ask it.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use anyhow::{Context, ensure};
use axum::extract::{DefaultBodyLimit, State};
use axum::http::StatusCode;
use axum::routing::{get, post};
use axum::{Json, Router};
use kernel::Dice;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::ask::{self, Ask};

/// How long the permits wait for the bank.
const ASK_WITHIN: Duration = Duration::from_secs(3);
/// The largest order the bank reads, bytes.
const ORDER: usize = 4 * 1024;

struct Bank {
    dice: Arc<dyn Dice>,
    accepted: AtomicU64,
}

/// A way to pay.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Method {
    pub(crate) id: String,
    pub(crate) name: String,
}

#[derive(Deserialize)]
struct Order {
    amount_cents: u32,
    method: String,
    reference: String,
}

/// What the gateway answers.
pub(crate) fn router(dice: Arc<dyn Dice>) -> Router {
    let bank = Arc::new(Bank { dice, accepted: AtomicU64::new(0) });
    Router::new()
        .route("/health", get(health))
        .route("/v1/methods", get(async || Json(json!({ "methods": methods() }))))
        .route("/v1/payments", post(pay))
        .layer(DefaultBodyLimit::max(ORDER))
        .with_state(bank)
}

fn methods() -> Vec<Method> {
    [("bank-transfer", "Havenbank"), ("savings", "Polder Spaarbank"), ("card", "Debit or credit card")]
        .map(|(id, name)| Method { id: id.into(), name: name.into() })
        .into()
}

async fn health(State(bank): State<Arc<Bank>>) -> Json<Value> {
    let accepted = bank.accepted.load(Ordering::Relaxed);
    Json(json!({ "status": "ok", "service": "bank gateway", "payments_accepted": accepted }))
}

async fn pay(State(bank): State<Arc<Bank>>, Json(order): Json<Order>) -> (StatusCode, Json<Value>) {
    let known = methods().iter().any(|method| method.id == order.method);
    if !known || order.amount_cents == 0 || order.reference.is_empty() {
        return (StatusCode::UNPROCESSABLE_ENTITY, Json(json!({ "error": "order refused" })));
    }
    let mut bytes = [0u8; 8];
    bank.dice.fill(&mut bytes);
    bank.accepted.fetch_add(1, Ordering::Relaxed);
    let id = format!("pay_{:016x}", u64::from_be_bytes(bytes));
    (StatusCode::CREATED, Json(json!({ "id": id, "state": "paid", "amount_cents": order.amount_cents })))
}

/// The ways to pay, as the bank says now.
pub(crate) async fn ask_methods(bank: SocketAddr) -> anyhow::Result<Vec<Method>> {
    let mut answer = ask(bank, "GET", "/v1/methods", "").await?;
    Ok(serde_json::from_value(answer["methods"].take())?)
}

/// Pays; gives the bank's name for the payment.
pub(crate) async fn order(
    bank: SocketAddr,
    cents: u32,
    method: &str,
    reference: &str,
) -> anyhow::Result<String> {
    let order = json!({ "amount_cents": cents, "method": method, "reference": reference }).to_string();
    let answer = ask(bank, "POST", "/v1/payments", &order).await?;
    answer["id"].as_str().map(str::to_owned).context("the bank gave the payment no name")
}

async fn ask(bank: SocketAddr, method: &str, path: &str, body: &str) -> anyhow::Result<Value> {
    let headers = [("Content-Type", "application/json")];
    let what = Ask { method, path, headers: &headers, body: body.as_bytes() };
    let answer = ask::ask(bank, ASK_WITHIN, what).await.context("the bank gateway")?;
    ensure!((200..300).contains(&answer.status), "the bank gateway answered {}", answer.status);
    Ok(serde_json::from_str(&answer.body)?)
}
