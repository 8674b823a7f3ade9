//! What goes into a statement and comes out of a row: text, 64-bit integer, double, bytes, null. Everything
//! else is one of these: instants are microseconds UTC, ids their text, booleans 0 and 1.

use jiff::{SignedDuration, Timestamp};
use kernel::{Id, Problem, Role};
use sqlx::{Row as _, ValueRef as _};

/// One cell.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// No value.
    Null,
    /// Text.
    Text(String),
    /// A 64-bit integer.
    Int(i64),
    /// A double.
    Real(f64),
    /// Bytes.
    Bytes(Vec<u8>),
}

/// The arguments of one statement.
pub type Args = Vec<Value>;

/// What can go into a statement.
pub trait IntoValue {
    /// The cell.
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}
impl IntoValue for &str {
    fn into_value(self) -> Value {
        Value::Text(self.to_owned())
    }
}
impl IntoValue for String {
    fn into_value(self) -> Value {
        Value::Text(self)
    }
}
impl IntoValue for &String {
    fn into_value(self) -> Value {
        Value::Text(self.clone())
    }
}
impl IntoValue for bool {
    fn into_value(self) -> Value {
        Value::Int(i64::from(self))
    }
}
impl IntoValue for f64 {
    fn into_value(self) -> Value {
        Value::Real(self)
    }
}
impl IntoValue for Vec<u8> {
    fn into_value(self) -> Value {
        Value::Bytes(self)
    }
}
impl IntoValue for &[u8] {
    fn into_value(self) -> Value {
        Value::Bytes(self.to_vec())
    }
}
impl<const N: usize> IntoValue for [u8; N] {
    fn into_value(self) -> Value {
        Value::Bytes(self.to_vec())
    }
}
impl IntoValue for Timestamp {
    fn into_value(self) -> Value {
        Value::Int(self.as_microsecond())
    }
}
impl IntoValue for SignedDuration {
    /// Microseconds; what does not fit is the longest span.
    fn into_value(self) -> Value {
        Value::Int(i64::try_from(self.as_micros()).unwrap_or(i64::MAX))
    }
}
impl IntoValue for Role {
    fn into_value(self) -> Value {
        Value::Text(self.word().to_owned())
    }
}
impl<T: IntoValue> IntoValue for Option<T> {
    fn into_value(self) -> Value {
        self.map_or(Value::Null, IntoValue::into_value)
    }
}

macro_rules! integers {
    ($($int:ty),*) => {$(
        impl IntoValue for $int {
            fn into_value(self) -> Value {
                // Counts beyond 2^63 do not occur; the largest stands for them rather than a negative.
                Value::Int(i64::try_from(self).unwrap_or(i64::MAX))
            }
        }
        impl FromCell for $int {
            fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
                let wide = i64::from_cell(row, at)?;
                <$int>::try_from(wide).map_err(|_| mismatch(at, stringify!($int)))
            }
        }
    )*};
}
integers!(u8, u16, u32, u64, usize, i32);

impl IntoValue for i64 {
    fn into_value(self) -> Value {
        Value::Int(self)
    }
}

/// A row of either database.
pub enum Row<'r> {
    /// Of SQLite.
    Lite(&'r sqlx::sqlite::SqliteRow),
    /// Of PostgreSQL.
    Pg(&'r sqlx::postgres::PgRow),
}

impl Row<'_> {
    /// The cell at a place, counted from 0.
    pub fn get<T: FromCell>(&self, at: usize) -> Result<T, Problem> {
        T::from_cell(self, at)
    }

    fn is_null(&self, at: usize) -> Result<bool, Problem> {
        Ok(match self {
            Row::Lite(row) => row.try_get_raw(at).map_err(Problem::fault)?.is_null(),
            Row::Pg(row) => row.try_get_raw(at).map_err(Problem::fault)?.is_null(),
        })
    }
}

/// What can come out of a row.
pub trait FromCell: Sized {
    /// Reads the cell at a place.
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem>;
}

fn mismatch(at: usize, wanted: &'static str) -> Problem {
    Problem::fault(format!("column {at} does not hold a {wanted}"))
}

macro_rules! native {
    ($($ty:ty),*) => {$(
        impl FromCell for $ty {
            fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
                match row {
                    // SQLite types values, not columns; the C library converts between number kinds.
                    Row::Lite(row) => row.try_get_unchecked(at).map_err(Problem::fault),
                    Row::Pg(row) => row.try_get(at).map_err(Problem::fault),
                }
            }
        }
    )*};
}
native!(String, f64, Vec<u8>);

impl FromCell for i64 {
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
        match row {
            Row::Lite(row) => row.try_get_unchecked(at).map_err(Problem::fault),
            // `select 1` is a 32-bit integer there, and that is no reason to fail.
            Row::Pg(row) => row
                .try_get::<i64, _>(at)
                .or_else(|wrong| row.try_get::<i32, _>(at).map(i64::from).map_err(|_| wrong))
                .map_err(Problem::fault),
        }
    }
}

impl FromCell for bool {
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
        if let Row::Pg(pg) = row
            && let Ok(truth) = pg.try_get::<bool, _>(at)
        {
            return Ok(truth); // a comparison in the select list
        }
        Ok(i64::from_cell(row, at)? != 0)
    }
}

impl FromCell for Timestamp {
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
        Timestamp::from_microsecond(i64::from_cell(row, at)?).map_err(Problem::fault)
    }
}

impl FromCell for SignedDuration {
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
        i64::from_cell(row, at).map(SignedDuration::from_micros)
    }
}

impl FromCell for Role {
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
        Role::from_word(&String::from_cell(row, at)?).ok_or_else(|| mismatch(at, "role"))
    }
}

impl<T: FromCell> FromCell for Option<T> {
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
        if row.is_null(at)? { Ok(None) } else { T::from_cell(row, at).map(Some) }
    }
}

impl FromCell for serde_json::Value {
    fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
        serde_json::from_str(&String::from_cell(row, at)?).map_err(Problem::fault)
    }
}

macro_rules! ids {
    ($($id:ident),* $(,)?) => {$(
        impl IntoValue for kernel::$id {
            fn into_value(self) -> Value { Value::Text(self.to_string()) }
        }
        impl IntoValue for &kernel::$id {
            fn into_value(self) -> Value { Value::Text(self.to_string()) }
        }
        impl FromCell for kernel::$id {
            fn from_cell(row: &Row<'_>, at: usize) -> Result<Self, Problem> {
                String::from_cell(row, at)?.parse().map_err(Problem::fault)
            }
        }
        const _: &str = <kernel::$id as Id>::PREFIX;
    )*};
}
ids!(
    AlertId,
    CapacityId,
    CheckId,
    ClientId,
    ComponentId,
    ContactMethodId,
    DeliveryId,
    DependencyId,
    EnvironmentId,
    EscalationId,
    FactId,
    IncidentId,
    InviteId,
    JourneyId,
    MaintenanceId,
    MessageId,
    NoteId,
    ObjectiveId,
    OverrideId,
    PageId,
    PersonId,
    ProbeId,
    RequestId,
    RoleId,
    RotaId,
    ServiceId,
    SessionId,
    SourceId,
    StatusPageId,
    TeamId,
    TokenId,
);
