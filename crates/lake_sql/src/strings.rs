//! Functions that make longer texts out of shorter ones. The engine's pool does not count what a single call
//! allocates, so `repeat('x', 1000000000)` would take a gigabyte past every limit. Each of these functions is asked
//! beforehand how long its answer can become, and refused when that is too much; `||` becomes such a function, too.

use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::{ArrayRef, StringViewArray};
use arrow_schema::{DataType, FieldRef};
use datafusion::arrow::compute::cast;
use datafusion::common::{DFSchema, DataFusionError, Result, ScalarValue, exec_err};
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr};
use datafusion::logical_expr::{
    ColumnarValue, Expr, ReturnFieldArgs, ScalarFunctionArgs, ScalarUDF, ScalarUDFImpl, Signature, Volatility,
};
use datafusion::sql::sqlparser::ast::BinaryOperator;

/// The most bytes of text that one call may make for the rows that are worked on together (8,192).
pub const MAX_MADE: u64 = 64 << 20;

/// How long an answer can become, from the bytes of each argument and, where it is a number, its value.
type Estimate = fn(&[Arg]) -> u64;

/// One argument in one row.
#[derive(Debug, Clone, Copy, Default)]
struct Arg {
    bytes: u64,
    number: u64,
}

fn sum(args: &[Arg]) -> u64 {
    args.iter().map(|arg| arg.bytes).sum()
}

/// Bytes of the longest letter.
const LETTER: u64 = 4;

const GROWING: &[(&str, Estimate)] = &[
    ("concat", sum),
    ("concat_ws", |args| {
        let between = args.first().map_or(0, |arg| arg.bytes) * args.len() as u64;
        sum(args).saturating_add(between)
    }),
    ("overlay", sum),
    ("repeat", |args| product(args, |text, times| text.bytes.saturating_mul(times.number))),
    ("lpad", |args| product(args, |text, length| text.bytes.max(length.number.saturating_mul(LETTER)))),
    ("rpad", |args| product(args, |text, length| text.bytes.max(length.number.saturating_mul(LETTER)))),
    ("replace", replaced),
    // A pattern may match between any two letters.
    ("regexp_replace", replaced_anywhere),
    // Not longer, but its work is the product.
    ("levenshtein", |args| args.iter().map(|arg| arg.bytes).fold(1, u64::saturating_mul)),
    ("translate", |args| args.first().map_or(0, |text| text.bytes.saturating_mul(LETTER))),
];

fn product(args: &[Arg], of: fn(&Arg, &Arg) -> u64) -> u64 {
    match args {
        [text, number, ..] => of(text, number),
        _ => 0,
    }
}

fn replaced(args: &[Arg]) -> u64 {
    match args {
        [text, from, to, ..] => {
            let times = text.bytes.checked_div(from.bytes).unwrap_or(text.bytes + 1);
            text.bytes.saturating_add(times.saturating_mul(to.bytes))
        }
        _ => 0,
    }
}

fn replaced_anywhere(args: &[Arg]) -> u64 {
    match args {
        // `\1` may put the whole text in for each place of the replacement.
        [text, _, to, ..] => (text.bytes + 1).saturating_mul(to.bytes.saturating_add(1)),
        _ => 0,
    }
}

/// The function with its guard, when it is one that makes texts longer.
pub fn guarded(function: &Arc<ScalarUDF>) -> Arc<ScalarUDF> {
    match GROWING.iter().find(|(name, _)| *name == function.name()) {
        Some((_, estimate)) => {
            Arc::new(ScalarUDF::from(Guarded { inner: Arc::clone(function), estimate: *estimate }))
        }
        None => Arc::clone(function),
    }
}

#[derive(Debug)]
struct Guarded {
    inner: Arc<ScalarUDF>,
    estimate: Estimate,
}

impl PartialEq for Guarded {
    fn eq(&self, other: &Self) -> bool {
        self.inner == other.inner
    }
}

impl Eq for Guarded {}

impl std::hash::Hash for Guarded {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.inner.hash(state);
    }
}

impl ScalarUDFImpl for Guarded {
    fn name(&self) -> &str {
        self.inner.name()
    }
    fn aliases(&self) -> &[String] {
        self.inner.aliases()
    }
    fn signature(&self) -> &Signature {
        self.inner.signature()
    }
    fn return_type(&self, types: &[DataType]) -> Result<DataType> {
        self.inner.return_type(types)
    }
    fn return_field_from_args(&self, args: ReturnFieldArgs) -> Result<FieldRef> {
        self.inner.return_field_from_args(args)
    }
    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        self.inner.coerce_types(types)
    }
    // Not `simplify`: it would put literals together while planning, past the guard.
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        bounded(self.name(), &args.args, args.number_rows, self.estimate)?;
        self.inner.invoke_with_args(args)
    }
}

/// Refuses a call whose answer can become too long.
fn bounded(name: &str, args: &[ColumnarValue], rows: usize, estimate: Estimate) -> Result<()> {
    let columns: Vec<Column> = args.iter().map(Column::of).collect::<Result<_>>()?;
    let single = args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
    let mut made = 0u64;
    let mut row_args = vec![Arg::default(); columns.len()];
    for row in 0..if single { 1 } else { rows } {
        for (arg, column) in row_args.iter_mut().zip(&columns) {
            *arg = column.at(row);
        }
        made = made.saturating_add(estimate(&row_args));
        if made > MAX_MADE {
            return Err(too_long(name));
        }
    }
    Ok(())
}

fn too_long(name: &str) -> DataFusionError {
    DataFusionError::ResourcesExhausted(format!("{name} would make more than {} MiB of text", MAX_MADE >> 20))
}

/// An argument, row by row.
enum Column {
    Same(Arg),
    Texts(StringViewArray),
    Numbers(Vec<u64>),
}

impl Column {
    fn of(value: &ColumnarValue) -> Result<Column> {
        let array: ArrayRef = match value {
            ColumnarValue::Array(array) => Arc::clone(array),
            ColumnarValue::Scalar(scalar) => scalar.to_array()?,
        };
        let column = match array.data_type() {
            one if one.is_integer() => {
                let numbers = cast(&array, &DataType::Int64)?;
                let numbers = numbers.as_primitive::<arrow_array::types::Int64Type>();
                Column::Numbers(
                    numbers.iter().map(|one| u64::try_from(one.unwrap_or(0)).unwrap_or(0)).collect(),
                )
            }
            _ => Column::Texts(cast(&array, &DataType::Utf8View)?.as_string_view().clone()),
        };
        Ok(match value {
            ColumnarValue::Scalar(_) => Column::Same(column.at(0)),
            ColumnarValue::Array(_) => column,
        })
    }

    fn at(&self, row: usize) -> Arg {
        match self {
            Column::Same(arg) => *arg,
            Column::Texts(texts) => Arg { bytes: length(texts, row), number: 0 },
            Column::Numbers(numbers) => Arg { bytes: 20, number: numbers.get(row).copied().unwrap_or(0) },
        }
    }
}

/// Bytes of a text: the lower half of the first eight bytes of its view (Arrow columnar format, string views).
fn length(texts: &StringViewArray, row: usize) -> u64 {
    texts.views().get(row).map_or(0, |view| u64::from(*view as u32))
}

// -- ||

/// `a || b`, with the guard: null when one of them is.
#[derive(Debug, PartialEq, Eq, Hash)]
struct Beside {
    signature: Signature,
}

impl ScalarUDFImpl for Beside {
    fn name(&self) -> &'static str {
        "beside"
    }
    fn signature(&self) -> &Signature {
        &self.signature
    }
    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(DataType::Utf8View)
    }
    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        Ok(vec![DataType::Utf8View; types.len()])
    }
    fn invoke_with_args(&self, args: ScalarFunctionArgs) -> Result<ColumnarValue> {
        bounded("||", &args.args, args.number_rows, sum)?;
        let single = args.args.iter().all(|arg| matches!(arg, ColumnarValue::Scalar(_)));
        let arrays = ColumnarValue::values_to_arrays(&args.args)?;
        let [left, right] = arrays.as_slice() else { return exec_err!("|| stands between two texts") };
        let both = left.as_string_view().iter().zip(right.as_string_view().iter());
        let joined: StringViewArray =
            both.map(|(left, right)| Some(format!("{}{}", left?, right?))).collect();
        match single {
            true => Ok(ColumnarValue::Scalar(ScalarValue::try_from_array(&joined, 0)?)),
            false => Ok(ColumnarValue::Array(Arc::new(joined))),
        }
    }
}

/// Makes `a || b` a function with a guard.
#[derive(Debug)]
pub struct Joining(Arc<ScalarUDF>);

impl Joining {
    pub fn new() -> Self {
        let signature = Signature::user_defined(Volatility::Immutable);
        Joining(Arc::new(ScalarUDF::from(Beside { signature })))
    }
}

impl ExprPlanner for Joining {
    fn plan_binary_op(&self, expr: RawBinaryExpr, _: &DFSchema) -> Result<PlannerResult<RawBinaryExpr>> {
        if expr.op != BinaryOperator::StringConcat {
            return Ok(PlannerResult::Original(expr));
        }
        let joined = ScalarFunction::new_udf(Arc::clone(&self.0), vec![expr.left, expr.right]);
        Ok(PlannerResult::Planned(Expr::ScalarFunction(joined)))
    }
}
