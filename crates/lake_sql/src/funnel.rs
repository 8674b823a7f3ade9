//! Funnels in SQL, over the kernel that answers the named question ([`lake::funnel`]):
//!
//! ```sql
//! select level, count(*) from (
//!   select visit_id, funnel_level('30m', at, path = '/apply', name = 'payment started', path = '/apply/done') as level
//!   from events where visit_id is not null group by visit_id
//! ) group by level
//! ```
//!
//! `funnel_level` is how many steps a unit came (0 when it never started); `funnel_took` is how long it took who came
//! through, in milliseconds, else null. `funnel_level_strict` and `funnel_level_any` are the two other orders. The
//! window is a text (`'30m'`, `'2h'`, `'7d'`), an interval or a number of seconds, written out.

use std::fmt;
use std::sync::Arc;

use arrow_array::cast::AsArray as _;
use arrow_array::types::TimestampMicrosecondType;
use arrow_array::{
    Array as _, ArrayRef, BinaryArray, BooleanArray, Float64Array, Int64Array, PrimitiveArray,
};
use arrow_schema::{DataType, Field, FieldRef, TimeUnit};
use datafusion::common::{Result, ScalarValue, exec_datafusion_err, plan_err};
use datafusion::logical_expr::function::{AccumulatorArgs, StateFieldsArgs};
use datafusion::logical_expr::utils::{AggregateOrderSensitivity, format_state_name};
use datafusion::logical_expr::{
    Accumulator, AggregateUDF, AggregateUDFImpl, EmitTo, GroupsAccumulator, Signature, Volatility,
};
use datafusion::physical_expr::PhysicalExpr;
use datafusion::physical_expr::expressions::Literal;
use lake::funnel::{MAX_STEPS, Order, Spec, Step, Walker};

/// Events of one unit that are looked at. A unit with more is a program that does not say so.
const MAX_EVENTS: usize = 10_000;
/// Bytes of one event in a state: its time and its steps.
const EVENT: usize = 12;

/// The aggregates of this file.
pub fn aggregates() -> impl Iterator<Item = Arc<AggregateUDF>> {
    let all = [
        ("funnel_level", Order::Ordered, Tells::Level),
        ("funnel_level_strict", Order::Strict, Tells::Level),
        ("funnel_level_any", Order::Any, Tells::Level),
        ("funnel_took", Order::Ordered, Tells::Took),
        ("funnel_took_strict", Order::Strict, Tells::Took),
        ("funnel_took_any", Order::Any, Tells::Took),
    ];
    all.into_iter().map(|(name, order, tells)| Arc::new(AggregateUDF::from(Funnel::new(name, order, tells))))
}

/// What a funnel tells of a unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Tells {
    Level,
    Took,
}

#[derive(Debug)]
struct Funnel {
    name: &'static str,
    order: Order,
    tells: Tells,
    signature: Signature,
}

impl PartialEq for Funnel {
    fn eq(&self, other: &Self) -> bool {
        // The name says the rest.
        self.name == other.name
    }
}

impl Eq for Funnel {}

impl std::hash::Hash for Funnel {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.name.hash(state);
    }
}

impl Funnel {
    fn new(name: &'static str, order: Order, tells: Tells) -> Self {
        Funnel { name, order, tells, signature: Signature::user_defined(Volatility::Immutable) }
    }

    fn keeper(&self, args: &AccumulatorArgs) -> Result<Keeper> {
        let window = args.exprs.first().map(window_of).transpose()?;
        let Some(window) = window else { return plan_err!("{} takes a window, a time and steps", self.name) };
        let steps = u8::try_from(args.exprs.len().saturating_sub(2)).unwrap_or(u8::MAX);
        let spec = Spec { order: self.order, ..Spec::ordered(steps, window) };
        match spec.check() {
            Ok(()) => Ok(Keeper { spec, tells: self.tells, units: Vec::new(), bytes: 0 }),
            Err(wrong) => plan_err!("this is no funnel: {wrong:?}"),
        }
    }
}

impl AggregateUDFImpl for Funnel {
    fn name(&self) -> &str {
        self.name
    }

    fn signature(&self) -> &Signature {
        &self.signature
    }

    fn coerce_types(&self, types: &[DataType]) -> Result<Vec<DataType>> {
        let [window, _, steps @ ..] = types else {
            return plan_err!(
                "{0} takes a window, a time and steps: {0}('30m', at, step, step, ..)",
                self.name
            );
        };
        if !(2..=MAX_STEPS).contains(&steps.len()) {
            return plan_err!("a funnel has 2 to {MAX_STEPS} steps; this one has {}", steps.len());
        }
        let at = DataType::Timestamp(TimeUnit::Microsecond, Some("UTC".into()));
        let steps = std::iter::repeat_n(DataType::Boolean, steps.len());
        Ok([window.clone(), at].into_iter().chain(steps).collect())
    }

    fn return_type(&self, _: &[DataType]) -> Result<DataType> {
        Ok(match self.tells {
            Tells::Level => DataType::Int64,
            Tells::Took => DataType::Float64,
        })
    }

    fn accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn Accumulator>> {
        let mut keeper = self.keeper(&args)?;
        keeper.grow(1);
        Ok(Box::new(One(keeper)))
    }

    fn state_fields(&self, args: StateFieldsArgs) -> Result<Vec<FieldRef>> {
        let name = format_state_name(args.name, "events");
        Ok(vec![Arc::new(Field::new(name, DataType::Binary, true))])
    }

    fn groups_accumulator_supported(&self, args: AccumulatorArgs) -> bool {
        !args.is_distinct
    }

    fn create_groups_accumulator(&self, args: AccumulatorArgs) -> Result<Box<dyn GroupsAccumulator>> {
        Ok(Box::new(self.keeper(&args)?))
    }

    fn order_sensitivity(&self) -> AggregateOrderSensitivity {
        AggregateOrderSensitivity::Insensitive
    }
}

/// The window in microseconds, from what is written.
fn window_of(window: &Arc<dyn PhysicalExpr>) -> Result<i64> {
    let Some(literal) = window.downcast_ref::<Literal>() else {
        return plan_err!("the window of a funnel is written out, like '30m'");
    };
    let micros = match literal.value() {
        ScalarValue::Utf8(Some(text))
        | ScalarValue::Utf8View(Some(text))
        | ScalarValue::LargeUtf8(Some(text)) => {
            kernel::units::parse_span(text).ok().and_then(|span| i64::try_from(span.as_micros()).ok())
        }
        ScalarValue::Int64(Some(seconds)) => seconds.checked_mul(1_000_000),
        ScalarValue::Float64(Some(seconds)) => Some((seconds * 1e6) as i64),
        ScalarValue::IntervalMonthDayNano(Some(span)) if span.months == 0 => {
            Some(i64::from(span.days) * 86_400_000_000 + span.nanoseconds / 1_000)
        }
        ScalarValue::IntervalDayTime(Some(span)) => {
            Some(i64::from(span.days) * 86_400_000_000 + i64::from(span.milliseconds) * 1_000)
        }
        _ => None,
    };
    match micros {
        Some(micros) if micros >= 0 => Ok(micros),
        _ => plan_err!("the window of a funnel is a span like '30m', '2h' or '7d', or a number of seconds"),
    }
}

/// Events of units, until all are there.
struct Keeper {
    spec: Spec,
    tells: Tells,
    /// Time and steps of each event of each unit.
    units: Vec<Vec<(i64, u32)>>,
    /// Bytes that the events take.
    bytes: usize,
}

impl fmt::Debug for Keeper {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Keeper({} units)", self.units.len())
    }
}

impl Keeper {
    fn grow(&mut self, units: usize) {
        if self.units.len() < units {
            self.units.resize_with(units, Vec::new);
        }
    }

    fn keep(&mut self, unit: usize, at: i64, matches: u32) {
        let events = &mut self.units[unit];
        if events.len() < MAX_EVENTS {
            let before = events.capacity();
            events.push((at, matches));
            self.bytes += (events.capacity() - before) * size_of::<(i64, u32)>();
        }
    }

    /// Rows of the engine: window, time, steps.
    fn take(&mut self, values: &[ArrayRef], unit_of: impl Fn(usize) -> Option<usize>) -> Result<()> {
        let times: &PrimitiveArray<TimestampMicrosecondType> = values[1].as_primitive();
        let steps: Vec<&BooleanArray> = values[2..].iter().map(|step| step.as_boolean()).collect();
        // In strict order an event that matches nothing ends a chain, so it counts.
        let all = self.spec.order == Order::Strict;
        for row in 0..times.len() {
            let Some(unit) = unit_of(row) else { continue };
            let matches = steps.iter().enumerate().fold(0u32, |mask, (bit, step)| {
                if step.is_valid(row) && step.value(row) { mask | 1 << bit } else { mask }
            });
            if (matches != 0 || all) && times.is_valid(row) {
                self.keep(unit, times.value(row), matches);
            }
        }
        Ok(())
    }

    fn merge(&mut self, states: &ArrayRef, unit_of: impl Fn(usize) -> usize) {
        for (row, state) in states.as_binary::<i32>().iter().enumerate() {
            for event in state.unwrap_or_default().as_chunks::<EVENT>().0 {
                let [a, b, c, d, e, f, g, h, steps @ ..] = *event;
                self.keep(
                    unit_of(row),
                    i64::from_le_bytes([a, b, c, d, e, f, g, h]),
                    u32::from_le_bytes(steps),
                );
            }
        }
    }

    fn emit(&mut self, emit_to: EmitTo) -> Vec<Vec<(i64, u32)>> {
        let units = emit_to.take_needed(&mut self.units);
        self.bytes -= units.iter().map(|events| events.capacity() * size_of::<(i64, u32)>()).sum::<usize>();
        units
    }

    fn states(units: &[Vec<(i64, u32)>]) -> ArrayRef {
        let bytes = |events: &Vec<(i64, u32)>| -> Vec<u8> {
            let event = |(at, steps): &(i64, u32)| at.to_le_bytes().into_iter().chain(steps.to_le_bytes());
            events.iter().flat_map(event).collect()
        };
        Arc::new(BinaryArray::from_iter_values(units.iter().map(bytes)))
    }

    fn answer(&self, units: Vec<Vec<(i64, u32)>>) -> Result<ArrayRef> {
        let bad = |wrong| exec_datafusion_err!("this is no funnel: {wrong:?}");
        let mut walker = Walker::new(&self.spec).map_err(bad)?;
        let reached = units.into_iter().map(|mut events| {
            events.sort_unstable();
            for (at, matches) in events {
                walker.push(Step { at, matches, excluded: 0 });
            }
            walker.finish()
        });
        Ok(match self.tells {
            Tells::Level => Arc::new(Int64Array::from_iter_values(reached.map(|unit| i64::from(unit.level)))),
            Tells::Took => {
                let millis = |took: i64| took as f64 / 1_000.0;
                Arc::new(reached.map(|unit| unit.took.map(millis)).collect::<Float64Array>())
            }
        })
    }
}

impl GroupsAccumulator for Keeper {
    fn update_batch(
        &mut self,
        values: &[ArrayRef],
        groups: &[usize],
        filter: Option<&BooleanArray>,
        total: usize,
    ) -> Result<()> {
        self.grow(total);
        let counts = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        self.take(values, |row| counts(row).then(|| groups[row]))
    }

    fn evaluate(&mut self, emit_to: EmitTo) -> Result<ArrayRef> {
        let units = self.emit(emit_to);
        self.answer(units)
    }

    fn state(&mut self, emit_to: EmitTo) -> Result<Vec<ArrayRef>> {
        Ok(vec![Keeper::states(&self.emit(emit_to))])
    }

    fn merge_batch(&mut self, values: &[ArrayRef], groups: &[usize], total: usize) -> Result<()> {
        self.grow(total);
        self.merge(&values[0], |row| groups[row]);
        Ok(())
    }

    fn convert_to_state(&self, values: &[ArrayRef], filter: Option<&BooleanArray>) -> Result<Vec<ArrayRef>> {
        let rows = values[1].len();
        let mut each = Keeper { spec: self.spec.clone(), tells: self.tells, units: Vec::new(), bytes: 0 };
        each.grow(rows);
        let counts = |row: usize| filter.is_none_or(|filter| filter.is_valid(row) && filter.value(row));
        each.take(values, |row| counts(row).then_some(row))?;
        Ok(vec![Keeper::states(&each.units)])
    }

    fn size(&self) -> usize {
        size_of::<Self>() + self.units.capacity() * size_of::<Vec<(i64, u32)>>() + self.bytes
    }
}

/// The whole table as one unit.
#[derive(Debug)]
struct One(Keeper);

impl Accumulator for One {
    fn update_batch(&mut self, values: &[ArrayRef]) -> Result<()> {
        self.0.take(values, |_| Some(0))
    }

    fn evaluate(&mut self) -> Result<ScalarValue> {
        ScalarValue::try_from_array(&self.0.answer(self.0.units.clone())?, 0)
    }

    fn size(&self) -> usize {
        GroupsAccumulator::size(&self.0)
    }

    fn state(&mut self) -> Result<Vec<ScalarValue>> {
        Ok(vec![ScalarValue::try_from_array(&Keeper::states(&self.0.units), 0)?])
    }

    fn merge_batch(&mut self, states: &[ArrayRef]) -> Result<()> {
        self.0.merge(&states[0], |_| 0);
        Ok(())
    }
}
