//! Functions of our own: `prop(props, 'key')`, quantiles from mergeable sketches, and a `now()` that is the asker's
//! clock. Parameters are arguments, never fields of a function, because a plan that travels carries names only.

use std::fmt;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::Float64Type;
use arrow_array::{ArrayRef, StringViewArray};
use arrow_schema::{DataType, Field, FieldRef};
use datafusion::arrow::compute::cast;
use datafusion::common::{Result, ScalarValue, exec_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::format_state_name;
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, ColumnarValue, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl,
    Signature, Volatility,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;
use kernel::Timestamp;
use kernel::lake::Sketch;

/// Aggregates of our own.
#[must_use]
pub fn aggregates() -> Vec<Arc<AggregateUDF>> {
    let fixed = [("p50", 0.5), ("p75", 0.75), ("p90", 0.9), ("p95", 0.95), ("p99", 0.99)];
    let quantiles = fixed.map(|(name, share)| Quantile::new(name, Some(share)));
    let all = quantiles.into_iter().chain([Quantile::new("quantile", None)]);
    all.map(|one| Arc::new(AggregateUDF::from(one))).chain(crate::funnel::aggregates()).collect()
}

/// Functions of one row of our own.
#[must_use]
pub fn scalars(now: Timestamp) -> Vec<Arc<ScalarUDF>> {
    let clock = Now::both(now).map(|one| Arc::new(ScalarUDF::from(one)));
    [Arc::new(ScalarUDF::from(Prop::new()))].into_iter().chain(clock).collect()
}

// -- prop

/// A property by its name, as text; null when it is not there.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Prop {
    signature: Signature,
}

impl Prop {
    fn new() -> Self {
        let text = vec![DataType::Utf8View, DataType::Utf8View];
        Prop { signature: Signature::exact(text, Volatility::Immutable) }
    }
}

impl ScalarUDFImpl for Prop {
    fn name(&self) -> &'static str {
        "prop"
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }

    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        let scalar = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [props, keys] = arrays.as_slice() else {
            return exec_err!("prop takes the properties and a name");
        };
        let (props, keys) = (props.as_string_view(), keys.as_string_view());
        let found: StringViewArray =
            props.iter().zip(keys.iter()).map(|(props, key)| property(props?, key?)).collect();
        match scalar {
            true => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&found, 0)?)),
            false => Ok(ColumnarValue::Array(Arc::new(found))),
        }
    }
}

fn property(props: &str, key: &str) -> Option<String> {
    // Most rows do not have the property, and most texts show that without being read.
    if !props.contains(key) && !key.contains(|one: char| !one.is_ascii_alphanumeric()) {
        return None;
    }
    let mut object: serde_json::Map<String, serde_json::Value> = serde_json::from_str(props).ok()?;
    match object.remove(key)? {
        serde_json::Value::Null => None,
        serde_json::Value::String(text) => Some(text),
        other => Some(other.to_string()),
    }
}

// -- now

/// The asker's clock, when the statement was asked. The engine's own reads the machine's.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Now {
    name: &'static str,
    aliases: Vec<String>,
    signature: Signature,
    micros: i64,
}

impl Now {
    /// `now()` and `current_date`.
    fn both(now: Timestamp) -> [Now; 2] {
        [("now", "current_timestamp"), ("current_date", "today")].map(|(name, alias)| Now {
            name,
            aliases: vec![alias.into()],
            signature: Signature::nullary(Volatility::Stable),
            micros: now.as_microsecond(),
        })
    }

    fn value(&self) -> ScalarValue {
        match self.name {
            "now" => ScalarValue::TimestampMicrosecond(Some(self.micros), Some("UTC".into())),
            _ => ScalarValue::Date32(i32::try_from(self.micros.div_euclid(86_400_000_000)).ok()),
        }
    }
}

impl ScalarUDFImpl for Now {
    fn name(&self) -> &str {
        self.name
    }

    fn aliases(&self) -> &[String] {
        &self.aliases
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(self.value().data_type())
    }

    fn invoke_with_args(&self, _: ScalarFunctionArgs) -> Result<ColumnarValue> {
        Ok(ColumnarValue::Scalar(self.value()))
    }
}

// -- quantiles

/// The value below which a share lies, right to one percent, from the sketch that the named questions use.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Quantile {
    name: &'static str,
    /// Percent of a name like `p95`; none when it is the second argument.
    percent: Option<u32>,
    signature: Signature,
}

impl Quantile {
    fn new(name: &'static str, share: Option<f64>) -> Self {
        let mut takes = vec![DataType::Float64];
        if share.is_none() {
            takes.push(DataType::Float64);
        }
        let signature = Signature::exact(takes, Volatility::Immutable);
        Quantile { name, percent: share.map(|share| (share * 100.0).round() as u32), signature }
    }
}

impl AggregateUDFImpl for Quantile {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Float64)
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let share = match (self.percent, args.exprs) {
            (Some(percent), _) => f64::from(percent) / 100.0,
            (None, [_, share]) => literal_share(share)?,
            (None, _) => {
                return plan_err!("quantile takes a value and a share, like quantile(took_ms, 0.95)");
            }
        };
        Ok(Box::new(Sketching { share, sketch: Sketch::default() }))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let name = format_state_name(args.name, "sketch");
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn order_sensitivity(&self) -> datafusion::logical_expr::utils::AggregateOrderSensitivity {
        datafusion::logical_expr::utils::AggregateOrderSensitivity::Insensitive
    }
}

fn literal_share(share: &Arc<dyn PhysicalExpr>) -> Result<f64> {
    let share = share.downcast_ref::<Literal>().map(|literal| literal.value().cast_to(&DataType::Float64));
    match share.transpose()? {
        Some(ScalarValue::Float64(Some(share))) if (0.0..=1.0).contains(&share) => Ok(share),
        _ => plan_err!("the share of a quantile is a number from 0 to 1, written out"),
    }
}

struct Sketching {
    share: f64,
    sketch: Sketch,
}

impl fmt::Debug for Sketching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sketching({})", self.share)
    }
}

impl Accumulator for Sketching {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        let values = cast(&values[0], &DataType::Float64)?;
        for value in values.as_primitive::<Float64Type>().iter().flatten() {
            self.sketch.add(value);
        }
        Ok(())
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        Ok(ScalarValue::Float64(self.sketch.quantile(self.share)))
    }

    fn size(&self) -> usize {
        // A node of the map holds up to 11 pairs of 12 bytes and is on average two thirds full.
        size_of::<Self>() + self.sketch.buckets.len() * 24
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::Binary(Some(to_bytes(&self.sketch)))])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        for state in states[0].as_binary::<i32>().iter().flatten() {
            let Some(sketch) = from_bytes(state) else { return exec_err!("a sketch that cannot be read") };
            self.sketch.merge(&sketch);
        }
        Ok(())
    }
}

/// Count, sum, zeros, then each bucket with its count; little endian.
fn to_bytes(sketch: &Sketch) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(24 + sketch.buckets.len() * 12);
    bytes.extend(sketch.count.to_le_bytes());
    bytes.extend(sketch.sum.to_le_bytes());
    bytes.extend(sketch.zeros.to_le_bytes());
    for (bucket, count) in &sketch.buckets {
        bytes.extend(bucket.to_le_bytes());
        bytes.extend(count.to_le_bytes());
    }
    bytes
}

fn from_bytes(bytes: &[u8]) -> Option<Sketch> {
    let (count, rest) = bytes.split_first_chunk::<8>()?;
    let (sum, rest) = rest.split_first_chunk::<8>()?;
    let (zeros, mut rest) = rest.split_first_chunk::<8>()?;
    let mut sketch = Sketch {
        count: u64::from_le_bytes(*count),
        sum: f64::from_le_bytes(*sum),
        zeros: u64::from_le_bytes(*zeros),
        ..Sketch::default()
    };
    while !rest.is_empty() {
        let (bucket, after) = rest.split_first_chunk::<4>()?;
        let (count, after) = after.split_first_chunk::<8>()?;
        sketch.buckets.insert(i32::from_le_bytes(*bucket), u64::from_le_bytes(*count));
        rest = after;
    }
    Some(sketch)
}
