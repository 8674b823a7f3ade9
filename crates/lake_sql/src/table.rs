//! A table of the lake for the engine: lists the parts that the asker sees, leaves out what a filter on client,
//! service or day rules out, and reads the rest part by part.

use std::collections::HashSet;
use std::fmt;
use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{
    ArrayRef, BooleanArray, Date32Array, RecordBatch, StringViewArray, TimestampMicrosecondArray,
};
use arrow_schema::SchemaRef;
use datafusion::catalog::{Session, TableProvider};
use datafusion::common::pruning::PruningStatistics;
use datafusion::common::stats::Precision;
use datafusion::common::tree_node::TreeNodeRecursion;
use datafusion::common::{Column, DFSchema, DataFusionError, Result, ScalarValue, Statistics};
use datafusion::execution::{SendableRecordBatchStream, TaskContext};
use datafusion::logical_expr::utils::conjunction;
use datafusion::logical_expr::{Expr, TableProviderFilterPushDown, TableType};
use datafusion::physical_expr::{EquivalenceProperties, PhysicalExpr};
use datafusion::physical_optimizer::pruning::PruningPredicateBuilder;
use datafusion::physical_plan::execution_plan::{Boundedness, EmissionType};
use datafusion::physical_plan::statistics::StatisticsArgs;
use datafusion::physical_plan::stream::RecordBatchStreamAdapter;
use datafusion::physical_plan::{
    DisplayAs, DisplayFormatType, ExecutionPlan, Partitioning, PlanProperties, ReplaceChildrenOptions,
};
use kernel::lake::Table;
use kernel::{Problem, Scope};
use lake::query::Source;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};
use tokio::sync::OnceCell;

use crate::columns::{self, Names, Place};
use crate::part::{Opened, Part, Parts};

/// Rows read at a time: what the engine works on at a time, too.
const BATCH: usize = 8_192;

/// One table as one asker sees it. Its parts are listed when it is first read, and stay those for the whole
/// statement: a table that is named twice is one table.
pub struct LakeTable {
    table: Table,
    schema: SchemaRef,
    source: Arc<dyn Parts>,
    scope: Scope,
    listed: OnceCell<Vec<Part>>,
    names: Arc<Names>,
}

impl fmt::Debug for LakeTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "LakeTable({})", self.table.word())
    }
}

impl LakeTable {
    /// A table of what the scope sees.
    pub fn new(scope: &Scope, table: Table, source: Arc<dyn Parts>, names: Arc<Names>) -> Self {
        let (schema, scope) = (columns::schema(table), scope.clone());
        LakeTable { table, schema, source, scope, listed: OnceCell::new(), names }
    }

    /// The parts. What the scope does not see is left out here once more: a mistake in listing must not become a
    /// hole in the wall.
    async fn parts(&self) -> Result<&[Part]> {
        let list = async || {
            let mut parts = self.source.parts(&self.scope, self.table).await?;
            parts.retain(|part| self.scope.sees(part.client, Some(part.service)));
            Ok(parts)
        };
        let listed: Result<&Vec<Part>, Problem> = self.listed.get_or_try_init(list).await;
        listed.map(Vec::as_slice).map_err(|problem| DataFusionError::External(problem.into()))
    }

    fn place(&self, part: &Part) -> Place {
        Place {
            client: part.client,
            service: part.service,
            day: part.day,
            client_name: self.names.client(part.client, part.service),
            service_name: self.names.service(part.service),
        }
    }

    /// The parts that may hold rows which fit the filters.
    async fn fitting(&self, session: &dyn Session, filters: &[Expr]) -> Result<Vec<(Place, Part)>> {
        let all: Vec<(Place, Part)> =
            self.parts().await?.iter().map(|part| (self.place(part), part.clone())).collect();
        let Some(filter) = conjunction(filters.iter().cloned()) else { return Ok(all) };
        let schema = DFSchema::try_from(Arc::clone(&self.schema))?;
        let filter = session.create_physical_expr(filter, &schema)?;
        let fits = PruningPredicateBuilder::new()
            .with_file_schema(Arc::clone(&self.schema))
            .try_build(filter)?
            .prune(&Known(&all))?;
        Ok(all.into_iter().zip(fits).filter_map(|(part, fits)| fits.then_some(part)).collect())
    }
}

#[async_trait::async_trait]
impl TableProvider for LakeTable {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }

    fn table_type(&self) -> TableType {
        TableType::Base
    }

    fn supports_filters_pushdown(&self, filters: &[&Expr]) -> Result<Vec<TableProviderFilterPushDown>> {
        Ok(vec![TableProviderFilterPushDown::Inexact; filters.len()])
    }

    async fn scan(
        &self,
        session: &dyn Session,
        projection: Option<&Vec<usize>>,
        filters: &[Expr],
        limit: Option<usize>,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        let fitting = self.fitting(session, filters).await?;
        let schema = match projection {
            Some(columns) => Arc::new(self.schema.project(columns)?),
            None => Arc::clone(&self.schema),
        };
        let ways = session.config().target_partitions().clamp(1, fitting.len().max(1));
        let mut opened = Vec::with_capacity(fitting.len());
        for (place, part) in fitting {
            let run = part.run.open().await.map_err(|problem| DataFusionError::External(problem.into()))?;
            opened.push(Ready { place, rows: part.rows, run });
        }
        Ok(Arc::new(Reading::new(self.table, schema, spread(opened, ways), limit)))
    }
}

/// A part that can be read.
#[derive(Clone)]
struct Ready {
    place: Place,
    rows: u64,
    run: Opened,
}

/// Deals parts out so that each way has about as many rows: the largest first, each to the lightest way.
fn spread(mut parts: Vec<Ready>, ways: usize) -> Vec<Vec<Ready>> {
    parts.sort_by_key(|part| std::cmp::Reverse(part.rows));
    let mut dealt: Vec<(u64, Vec<Ready>)> = vec![(0, Vec::new()); ways.max(1)];
    for part in parts {
        if let Some(lightest) = dealt.iter_mut().min_by_key(|(rows, _)| *rows) {
            lightest.0 += part.rows;
            lightest.1.push(part);
        }
    }
    dealt.into_iter().map(|(_, parts)| parts).collect()
}

/// What is known of parts without reading them.
struct Known<'p>(&'p [(Place, Part)]);

impl Known<'_> {
    fn values(&self, column: &Column, end: bool) -> Option<ArrayRef> {
        let texts = |of: fn(&Place) -> String| -> ArrayRef {
            Arc::new(StringViewArray::from_iter_values(self.0.iter().map(|(place, _)| of(place))))
        };
        Some(match column.name.as_str() {
            "client" => texts(|place| place.client_name.clone()),
            "service" => texts(|place| place.service_name.clone()),
            "client_id" => texts(|place| place.client.to_string()),
            "service_id" => texts(|place| place.service.to_string()),
            "day" => Arc::new(Date32Array::from_iter_values(self.0.iter().map(|(place, _)| place.days()))),
            "at" => {
                let at = |part: &Part| if end { part.until } else { part.from }.as_microsecond();
                let times =
                    TimestampMicrosecondArray::from_iter_values(self.0.iter().map(|(_, part)| at(part)));
                Arc::new(times.with_timezone("UTC"))
            }
            _ => return None,
        })
    }
}

impl PruningStatistics for Known<'_> {
    fn min_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, false)
    }
    fn max_values(&self, column: &Column) -> Option<ArrayRef> {
        self.values(column, true)
    }
    fn num_containers(&self) -> usize {
        self.0.len()
    }
    fn null_counts(&self, _: &Column) -> Option<ArrayRef> {
        None
    }
    fn row_counts(&self) -> Option<ArrayRef> {
        None
    }
    fn contained(&self, _: &Column, _: &HashSet<ScalarValue>) -> Option<BooleanArray> {
        None
    }
}

/// Reads parts, way by way.
struct Reading {
    table: Table,
    schema: SchemaRef,
    ways: Vec<Arc<Vec<Ready>>>,
    limit: Option<usize>,
    properties: Arc<PlanProperties>,
}

impl Reading {
    fn new(table: Table, schema: SchemaRef, ways: Vec<Vec<Ready>>, limit: Option<usize>) -> Self {
        let properties = Arc::new(PlanProperties::new(
            EquivalenceProperties::new(Arc::clone(&schema)),
            Partitioning::UnknownPartitioning(ways.len()),
            EmissionType::Incremental,
            Boundedness::Bounded,
        ));
        Reading { table, schema, ways: ways.into_iter().map(Arc::new).collect(), limit, properties }
    }
}

impl fmt::Debug for Reading {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Reading({})", self.table.word())
    }
}

impl DisplayAs for Reading {
    /// For `explain`: how much is read, never where it lies.
    fn fmt_as(&self, _: DisplayFormatType, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: usize = self.ways.iter().map(|way| way.len()).sum();
        let rows: u64 = self.ways.iter().flat_map(|way| way.iter()).map(|part| part.rows).sum();
        let columns: Vec<&str> = self.schema.fields().iter().map(|field| field.name().as_str()).collect();
        write!(
            f,
            "Lake: table={}, parts={parts}, rows={rows}, columns=[{}]",
            self.table.word(),
            columns.join(", ")
        )
    }
}

impl ExecutionPlan for Reading {
    fn name(&self) -> &'static str {
        "Lake"
    }

    fn properties(&self) -> &Arc<PlanProperties> {
        &self.properties
    }

    fn children(&self) -> Vec<&Arc<dyn ExecutionPlan>> {
        Vec::new()
    }

    fn apply_expressions(
        &self,
        _: &mut dyn FnMut(&Arc<dyn PhysicalExpr>) -> Result<TreeNodeRecursion>,
    ) -> Result<TreeNodeRecursion> {
        Ok(TreeNodeRecursion::Continue)
    }

    fn replace_children(
        self: Arc<Self>,
        _: Vec<Arc<dyn ExecutionPlan>>,
        _: ReplaceChildrenOptions,
    ) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn with_new_children(self: Arc<Self>, _: Vec<Arc<dyn ExecutionPlan>>) -> Result<Arc<dyn ExecutionPlan>> {
        Ok(self)
    }

    fn execute(&self, way: usize, _: Arc<TaskContext>) -> Result<SendableRecordBatchStream> {
        let parts = Arc::clone(&self.ways[way]);
        let names: Vec<String> = self.schema.fields().iter().map(|field| field.name().clone()).collect();
        let table = self.table;
        // The closure owns the parts, so whoever reads keeps the files.
        let read = (0..parts.len()).flat_map(move |at| open(table, &parts[at], &names));
        let limit = self.limit.unwrap_or(usize::MAX);
        let mut left = limit;
        let cut = read.map_while(move |batch| {
            if left == 0 {
                return None;
            }
            Some(batch.map(|batch| {
                let batch = batch.slice(0, batch.num_rows().min(left));
                left -= batch.num_rows();
                batch
            }))
        });
        let schema = Arc::clone(&self.schema);
        Ok(Box::pin(RecordBatchStreamAdapter::new(schema, futures::stream::iter(cut))))
    }

    fn statistics_from_inputs(
        &self,
        _: &[Arc<Statistics>],
        args: &StatisticsArgs,
    ) -> Result<Arc<Statistics>> {
        let of = |way: &Arc<Vec<Ready>>| way.iter().map(|part| part.rows).sum::<u64>();
        let rows: u64 = match args.partition() {
            Some(way) => self.ways.get(way).map(of).unwrap_or_default(),
            None => self.ways.iter().map(of).sum(),
        };
        let mut known = Statistics::new_unknown(&self.schema);
        // Enough to build a join on its smaller side; never taken for the answer.
        known.num_rows = Precision::Inexact(usize::try_from(rows).unwrap_or(usize::MAX));
        Ok(Arc::new(known))
    }
}

type Batches = Box<dyn Iterator<Item = Result<RecordBatch>> + Send>;

/// The rows of one part as columns of these names.
fn open(table: Table, part: &Ready, names: &[String]) -> Batches {
    let (place, names) = (part.place.clone(), names.to_vec());
    match &part.run.source {
        Source::Batch(batch) => {
            let batch = Arc::clone(batch);
            Box::new((0..batch.num_rows().div_ceil(BATCH)).map(move |at| {
                let from = at * BATCH;
                let rows = batch.slice(from, BATCH.min(batch.num_rows() - from));
                columns::fill(table, &rows, &place, &names)
            }))
        }
        Source::File(file) => match read(&file.path, &names) {
            Ok(batches) => Box::new(batches.map(move |batch| columns::fill(table, &batch?, &place, &names))),
            Err(error) => Box::new(std::iter::once(Err(error))),
        },
    }
}

/// The columns of a file that those of people are made of.
fn read(path: &Path, names: &[String]) -> Result<ParquetRecordBatchReader> {
    let wrong = |error| DataFusionError::External(Box::new(error));
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?).map_err(wrong)?;
    let wanted = names.iter().flat_map(|name| columns::made_of(name)).copied();
    let mask = ProjectionMask::columns(builder.parquet_schema(), wanted);
    builder.with_projection(mask).with_batch_size(BATCH).build().map_err(wrong)
}
