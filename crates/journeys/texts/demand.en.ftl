# demand
demand = Demand
demand-tabs = Demand and what it costs
demand-more = More
demand-all = All of the service
demand-of = Which demand
demand-answer-next = { $n } { $what ->
    [visits] visits
   *[starts] starts
} are expected in the next 7 days, { $low } to { $high }.
demand-answer-more = More come than expected: { $actual } an hour, where at most { $limit } were expected, for { $hours } hours.
demand-answer-less = Fewer come than expected: { $actual } an hour, where at least { $limit } were expected, for { $hours } hours.
demand-answer-capacity = { $name } needs a decision.
demand-answer-no-capacity = No capacity is declared, so nothing can be said about room.
demand-answer-room = { $n ->
    [one] The one capacity has room.
   *[other] All { $n } capacities have room.
}
demand-stat-day = Last 24 hours
demand-stat-next = Next 7 days
demand-stat-standing = Against the forecast
demand-stat-each = Cost of one
demand-between = { $low } to { $high }
demand-counts-starts = journeys started
demand-counts-visits = visits of people
demand-unit-starts = starts
demand-unit-visits = visits
demand-standing-unknown = not known yet
demand-standing-usual = as expected
demand-standing-more = more
demand-standing-less = fewer
demand-alerts-on = unexpected growth tells somebody
demand-alerts-off = unexpected growth tells nobody
demand-series = What came and what will
demand-series-label = Demand by { $per }, with the forecast
demand-series-none = Nothing has been counted yet
demand-series-none-text = Demand is counted from the events of the service: what its journeys start, or its visits.
demand-series-none-next = Sources
demand-legend = Line: what came. Broken line and band: what is expected, 8 of 10 hours within it.
demand-masked = { $n ->
    [one] The hours of one incident do not count as demand.
   *[other] The hours of { $n } incidents do not count as demand.
}
demand-range-7d = 7 days
demand-range-28d = 28 days
demand-range-90d = 90 days
demand-range-365d = A year
demand-range-all = All
demand-per-minute = a minute
demand-per-hour = an hour
demand-per-day = a day
demand-capacities = Capacities
demand-capacities-none = No capacity is declared
demand-capacities-none-text = Say what can be served (staff at the counter, a payment gateway, servers), and Tend says when it is full and what to add before which day.
demand-capacity-add = Add a capacity
demand-th-capacity = Capacity
demand-th-serves = Serves
demand-th-busiest = Busiest ahead
demand-th-headroom = Left then
demand-th-plan = What to do
demand-th-expected = Expected
demand-th-between = Between
demand-th-hour = Busiest hour
demand-th-pieces = Pieces
demand-th-why = Why
demand-pieces = { $n ->
    [one] 1 piece
   *[other] { $n } pieces
}
demand-tone-warn = decide
demand-tone-bad = late
demand-full-now = Full now: the forecast reaches it within a day
demand-full-forecast = Full in { $n ->
    [one] 1 day
   *[other] { $n } days
} ({ $day }), by the forecast
demand-full-trend = Full in about { $n } days ({ $from } to { $to }), by the trend of daily peaks
demand-full-few = { $have } of the { $need } days that a trend needs
demand-full-flat = No day can be told: it does not grow for certain
demand-does-nothing = Nothing: there is room
demand-does-itself = Scales by itself to { $n }
demand-does-add = Add { $n } before { $day }
demand-does-widen = Widen it before { $day }
demand-does-late = Add { $n } now: the day to decide was { $day }
demand-does-limit = { $needs } are needed and there may be { $most }: find another way
demand-costs-more = { $money } more, { $every }
demand-days = The days to come
demand-scaled = Scaled up and down
demand-scaled-how = When it scales
demand-scaled-how-text = Whatever scales it, a person or a program, says so here. The time, from how many to how many and the reason stay in the history.
demand-forecast = The forecast
demand-won-alone = Last season's hours forecast: the other method could not be fitted.
demand-won-seasons = Seasons with a trend won by { $by } points.
demand-won-naive = The same hour of last season won by { $by } points.
demand-score-naive = { $n ->
    [1] Error of yesterday's hour
   *[other] Error of last week's hour
}
demand-score-seasons = Error of seasons with a trend
demand-score-hours = Hours compared
demand-score-within = Within the interval
demand-fitted = Made
demand-score-text = Both methods forecast the last weeks from what was known before them. The smaller error (sMAPE) forecasts.
demand-none-waiting = No forecast was made yet; one is made every hour.
demand-none-short = { $have } of the { $need } hours that a forecast needs are there.
demand-none-gaps = More than half of the hours were not measured, so nothing can be forecast.
demand-none-nothing = Nobody came yet, so nothing can be forecast.
demand-money = Cost of one
demand-budget = Budget of the year
demand-budget-spent = Spent up to today
demand-budget-planned = Planned for the year
demand-budget-free = Left for more
demand-budget-bar = { $spent } of { $budget } spent
demand-budget-none = There is no budget to hold it against.
demand-budget-others = { $n ->
    [one] One cost line is in another currency and is not counted.
   *[other] { $n } cost lines are in another currency and are not counted.
}
demand-definition = How this is counted
demand-def-unit = Unit
demand-def-season = Seasons
demand-def-season-text = the hour of the day and, from three weeks on, the day of the week
demand-def-mask = Incidents
demand-def-mask-text = their hours are left out before anything is fitted or judged
demand-def-interval = Interval
demand-def-interval-text = 8 of 10 hours lie within it; limits of days are sums of the limits of their hours, which is the cautious end
demand-def-full = Full
demand-def-full-text = when the upper limit reaches what may be used: what is served less what is kept free
demand-def-growth = Unexpected
demand-def-growth-text = 4 hours on end outside a forecast that was made before they came
demand-capacity-new = Add a capacity
demand-capacity-new-for = Add a capacity to { $service }
demand-capacity-change = Change { $name }
demand-capacity-remove = Remove
demand-capacity-remove-title = Remove this capacity?
demand-capacity-remove-text = What can be served is no longer held against demand. How it was scaled stays in the history.
demand-capacity-added = { $name } was added.
demand-capacity-changed = { $name } was changed.
demand-capacity-removed = { $name } was removed.
demand-capacity-scaled = What { $name } serves was noted.
demand-declared = This is declared in { $place } and is changed there.
demand-field-name = Name
demand-field-name-hint = What is full when too many come: staff at the counter, a payment gateway, servers.
demand-field-serves = Serves
demand-field-per = In
demand-field-of = Whose demand
demand-field-headroom = Keep free, per cent
demand-field-headroom-hint = It counts as full before all of it is used.
demand-field-scales = Does it come in pieces?
demand-field-scales-hint = People, desks, instances. What is said above is served by the fewest. Leave empty when it does not.
demand-field-from = The fewest
demand-field-to = The most
demand-field-each = One more serves
demand-field-how = Who scales
demand-how-hand = people
demand-how-itself = it scales by itself
demand-field-lead = Days from the decision until one more serves
demand-field-lead-hint = Hiring, buying, installing.
demand-field-more = What one more costs
demand-field-amount = Amount
demand-field-currency = Currency
demand-field-every = How often
demand-every-month = every month
demand-every-year = every year
demand-every-once = once
demand-save = Save
demand-cancel = Cancel
demand-costs = Costs
demand-costs-free = { $money } of the budget are left for more this year
demand-costs-over = The costs of this year are { $money } over the budget
demand-costs-lines = { $n ->
    [one] One cost line, and no budget
   *[other] { $n } cost lines, and no budget
}
demand-costs-none = No costs are known
demand-costs-none-text = All costs through all ways (hosting, staff, post, licences) make the cost of one transaction.
demand-lines = What is paid
demand-th-cost = For what
demand-th-channel = Way
demand-th-days = From, until
demand-always = always
demand-cost-add = Add a cost
demand-cost-remove = Remove
demand-cost-added = { $name } was added.
demand-cost-removed = { $name } was removed.
demand-field-cost-name = For what
demand-field-since = From
demand-field-until = Until
demand-channel-all = all ways
demand-channel-web = the web
demand-channel-phone = telephone
demand-channel-counter = counter
demand-channel-post = letter
demand-channel-mail = mail
demand-channel-api = another program
demand-channel-inside = inside the organisation
demand-settings = Settings
demand-settings-kept = The settings were kept.
demand-field-budget = Budget of a year
demand-field-budget-hint = What may be spent from January to December. Leave empty without one.
demand-field-alerts = Tell somebody when more come than expected
demand-field-alerts-hint = Opens an incident of severity 4 after 4 hours outside the forecast.
demand-field-published = Publish the four figures
demand-field-published-hint = Cost of one, take-up, completion and satisfaction, on a page that everybody can read.
demand-field-process = When is a case late?
demand-field-process-hint = Say how a case is seen to be finished, and when it should be.
demand-field-ended = Property with the day it was finished
demand-field-done = Or: events that finish it, a name a line
demand-field-due = Property with the day it is due
demand-field-within = Or: due so many days after its first event
demand-yes = yes
demand-no = no
demand-fault-name = A name has 1 to 120 characters.
demand-fault-serves = Give a number above zero.
demand-fault-headroom = Give a share from 0 to below 100 per cent.
demand-fault-scales = The most is at least the fewest, and the fewest is at least 1.
demand-fault-lead = That is more than two years ahead.
demand-fault-currency = Give a currency of three letters, such as EUR.
demand-fault-amount = Give an amount of zero or more.
demand-fault-once = What is paid once needs its day.
demand-fault-days = It ends before it begins.
demand-fault-many = There are { $value } already, which is the most.
demand-field-number = { $value } is not a number.
demand-field-day = { $value } is not a day.
demand-field-journey = Choose a journey of this service.
demand-field-confirm = Type the name exactly as it stands there.
problem-demand-does-not-scale =
    .title = This capacity does not come in pieces
    .detail = So it cannot be told how many there are.
    .safe = Nothing was changed.
    .next = Say in its form between which limits it scales.
process = Process
process-answer-none = No case was seen in this time.
process-answer-cases = { $n ->
    [one] One case was seen. When a case is late is not said yet.
   *[other] { $n } cases were seen. When a case is late is not said yet.
}
process-answer-unfinished = No case with a due day was finished in this time.
process-answer-late = { $late } of { $finished } finished cases were late.
process-overdue = { $n ->
    [one] One more is open and should be finished.
   *[other] { $n } more are open and should be finished.
}
process-overdue-n = { $n } overdue
process-finished = { $n } finished
process-stat-late = Late
process-stat-cases = Cases
process-stat-open = Open
process-none = No cases yet
process-none-text = Cases come with events that carry a case: an application, an order, a permit. Import them from a table, or send them along.
process-sample = { $n } of { $total } cases were looked at: a sample that is the same whenever it is asked.
process-waits = Where cases wait
process-waits-none = No case has two events yet.
process-th-between = Between
process-th-cases = Cases
process-th-median = Half waited
process-th-p90 = 1 in 10 waited
process-th-total = Together
process-th-share = Share
process-bar = Waiting between { $from } and { $to }
process-late = Late cases
process-late-of = Late, of finished
process-overdue-open = Open and overdue
process-not-judged = Nobody has said yet how a case is seen to be finished, and when it should be.
process-judge = Say it
process-channels = By which way they came
kpis = Public figures
kpis-answer = { $completed } transactions were completed in { $month }
kpis-none = No month was counted yet
kpis-none-text = The four figures are made from the journeys of the service and its costs.
kpis-none-next = Journeys
kpis-published = Everybody can read these figures.
kpis-private = Only people who run the service see these figures.
kpis-public-page = The public page
kpis-publish = Publish them
kpis-preview = Not published: only people who run the service see this page.
kpis-public-title = { $service }: how it performs
kpis-months = By month
kpis-version = Definitions of version { $version }.
kpis-performance = Performance Platform records (JSON)
kpi-month-title = Figures of { $month }
kpi-month = Month
kpi-month-def = a journey counts in the month in which it was started, in the time zone of the service
kpi-completed = Completed
kpi-spent = Spent
kpi-in-month = In this month
kpi-days = Days counted
kpi-quality = To be known
kpi-cost = Cost of one
kpi-cost-def = all costs through all ways, divided by completed transactions
kpi-take-up = Digital take-up
kpi-take-up-def = completed by web, mail or another program, of all completed
kpi-completion = Completion
kpi-completion-def = properly ended, of ended; who was told that they are not eligible ended properly, who is under way has not ended
kpi-satisfaction = Satisfaction
kpi-satisfaction-none = not measured yet
kpi-satisfaction-def = satisfied and very satisfied, of all answers; not measured yet
kpi-interval = Interval
kpi-interval-def = 95 per cent, by Wilson
kpi-definitions = What these figures mean
kpi-of = { $good } of { $total }
kpi-end-completed = Completed
kpi-end-not-eligible = Not eligible
kpi-end-abandoned = Abandoned
kpi-end-failed = Failed
kpi-end-in-progress = Under way
kpi-note-running = The month runs: counted and paid up to { $day }.
kpi-note-days = { $n ->
    [one] One day was not counted.
   *[other] { $n } days were not counted.
}
kpi-note-progress = { $n } are still under way.
kpi-note-channels = A journey is not told apart by way, so take-up is not known.
kpi-note-costs = No costs are known.
kpi-note-currencies = Costs are in several currencies, so they are not added up.
