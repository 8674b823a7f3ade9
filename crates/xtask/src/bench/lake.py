"""Answers one question of the bench with a peer over the same Parquet files, several times, and prints JSON: processor
and wall time of each run, the most memory the process ever had, and the answer to compare."""
import json
import resource
import sys
import time

engine, question, folder, times = sys.argv[1], sys.argv[2], sys.argv[3], int(sys.argv[4])
files = f"{folder}/*.parquet"
steps = ["apply", "form sent", "payment started", "done"]
window = 30 * 60 * 1_000_000
day = f"{folder}/015.parquet"

if engine == "chdb":
    import chdb

    def rows(sql):
        return json.loads(str(chdb.query(sql, "JSONCompact")))["data"]

    def funnel(mode, over=files, only=""):
        wanted = ", ".join(f"name = '{step}'" for step in steps)
        inner = (
            f"select visitor, windowFunnel({window}{mode})(toUInt64(toUnixTimestamp64Micro(at)), {wanted}) as level"
            f" from file('{over}', Parquet) where bot = '' and visitor != 0 {only} group by visitor"
        )
        counted = ", ".join(f"countIf(level >= {k})" for k in range(1, 5))
        return f"select {counted} from ({inner})"

    in_steps = "and name in (" + ", ".join(f"'{step}'" for step in steps) + ")"
    table = f"file('{files}', Parquet)"
    sql = {
        "funnel": funnel(""),
        "funnel_only_steps": funnel("", only=in_steps),
        "funnel_strict_once": funnel(", 'strict_once'"),
        "funnel_strict_once_only_steps": funnel(", 'strict_once'", only=in_steps),
        "funnel_day": funnel(", 'strict_once'", over=day),
        "hourly": f"select toStartOfHour(at) as hour, count() from {table} where bot = '' group by hour",
        "hourly_by_name": f"select toStartOfHour(at) as hour, name, count() from {table} where bot = '' group by hour, name",
        "visitors_daily": f"select toDate(at) as day, uniqExact(visitor), uniqExact(visit) from {table}"
        " where bot = '' group by day",
        "spread_by_name": f"select name, count(), quantiles(0.5, 0.95)(value) from {table}"
        " where bot = '' and value is not null group by name",
        "hourly_spread_by_name": "select toStartOfHour(at) as hour, name, count(), quantiles(0.5, 0.95)(value)"
        f" from {table} where bot = '' and value is not null group by hour, name",
    }[question]
else:
    import duckdb

    base = duckdb.connect()

    def rows(sql):
        return base.execute(sql).fetchall()

    table = f"read_parquet('{files}')"

    def funnel(over):
        # Per step the latest start that reaches it, by window functions over each visitor's steps in time.
        flags = ", ".join(f"name = '{step}' as s{k}" for k, step in enumerate(steps))
        wanted = ", ".join(f"'{step}'" for step in steps)
        over_unit = "over (partition by visitor order by at_us rows between unbounded preceding and current row)"
        sql = f"with e as (select visitor, epoch_us(\"at\") as at_us, {flags} from {over} where bot = '' and name in ({wanted}))"
        sql += f", l0 as (select *, max(case when s0 then at_us end) {over_unit} as b0 from e)"
        for k in range(1, 4):
            keep = f"max(case when s{k} and at_us - b{k - 1} <= {window} then b{k - 1} end)"
            sql += f", l{k} as (select *, {keep} {over_unit} as b{k} from l{k - 1})"
        parts = ", ".join(f"count(distinct case when b{k} is not null then visitor end)" for k in range(4))
        return sql + f" select {parts} from l3"

    sql = {
        "funnel": funnel(table),
        "funnel_day": funnel(f"read_parquet('{day}')"),
        "hourly": f"select epoch_us(\"at\") // 3600000000 as hour, count(*) from {table} where bot = '' group by hour",
        "hourly_by_name": f"select epoch_us(\"at\") // 3600000000 as hour, name, count(*) from {table} where bot = ''"
        " group by hour, name",
        "visitors_daily": f"select epoch_us(\"at\") // 86400000000 as day, count(distinct visitor), count(distinct visit)"
        f" from {table} where bot = '' group by day",
        "spread_by_name": f"select name, count(*), quantile_disc(value, [0.5, 0.95]) from {table}"
        " where bot = '' and value is not null group by name",
        "hourly_spread_by_name": "select epoch_us(\"at\") // 3600000000 as hour, name, count(*),"
        f" quantile_disc(value, [0.5, 0.95]) from {table} where bot = '' and value is not null group by hour, name",
    }[question]


def used():
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


runs = []
answer = None
for _ in range(times):
    before, began = used(), time.perf_counter()
    found = rows(sql)
    runs.append({"cpu_seconds": used() - before, "wall_seconds": time.perf_counter() - began})
    if question.startswith("funnel"):
        answer = [int(one) for one in found[0]]
    elif question == "visitors_daily":
        answer = {"lines": len(found), "units": sum(int(row[1]) for row in found)}
    else:
        counted = 2 if len(found[0]) > 2 and "by_name" in question and question.startswith("hourly") else 1
        answer = {"lines": len(found), "events": sum(int(row[counted]) for row in found)}
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps({"runs": runs, "rss_peak": peak, "answer": answer}))
