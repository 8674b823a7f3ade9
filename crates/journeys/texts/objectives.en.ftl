# Objectives, budgets, how they split over components, and what an incident costs.
objective = Objective
objectives = Objectives
objectives-met = { $met } of { $total } kept
objectives-more = { $n ->
    [one] One more is on its journey.
   *[other] { $n } more are on their journeys.
}
objectives-none = No journey has a target yet
objectives-none-text = Say what a journey promises in its file or its form, and its budget is counted from what is already there.
objectives-none-journeys = A target is held by a journey. Declare what people come to do first.
objective-kind-completion = Completion
objective-kind-errors = Errors
objective-kind-latency = Latency
objective-at = of { $step }
objective-title = { $kind ->
    [completion] Completion
    [errors] Errors
   *[latency] Latency
} · { $journey }
objective-title-step = { $kind ->
    [completion] Completion
    [errors] Errors
   *[latency] Latency
} of { $step } · { $journey }
objective-promise = Target
objective-window = { $window ->
    [week] this week
    [month] this month
    [quarter] this quarter
    [year] this year
   *[other] over { $window }
}
objective-is = Is
objective-of = { $n ->
    [0] nobody counted
    [one] of one
   *[other] of { $n }
}
objective-left = Budget left
objective-left-label = { $left } of the budget is left
objective-gone = gone
objective-why-fine = kept
objective-why-burning = burning
objective-why-fading = over, still visible
objective-why-spent = budget used up
objective-why-idle = nobody came
objective-why-sparse = too little measured
objective-why-stale = not measured now
objective-why-new = nothing measured yet
objective-answer-fine = It is kept: { $left } of the budget is left.
objective-answer-burning = The budget is burning: { $left } is left.
objective-answer-over = The budget is burning and overspent by { $over }.
objective-answer-fading = It burned and has stopped: { $left } of the budget is left.
objective-answer-spent = It is not kept: the budget is overspent by { $over }.
objective-answer-idle = Nobody came, so nothing can be said.
objective-answer-sparse = Too little was measured to say whether it is kept.
objective-answer-stale = It is not measured at the moment.
objective-answer-new = Nothing has been measured yet.
objective-promise-completion = at least { $target } of those who start come to a proper end, over { $window }
objective-promise-errors = at least { $target } are not failed by the service, over { $window }
objective-promise-latency = at least { $target } within { $limit }, over { $window }
objective-interval = between { $low } and { $high }
objective-counted = Counted
objective-bad = { $n } not good
objective-coverage = Of the time measured
objective-source-funnel = by the funnel
objective-source-spans = by spans of the component
objective-source-vitals = by browsers, largest paint
objective-source-none = by nothing yet
objective-new = Nothing measured this yet
objective-new-text-completion = Counting begins with the first event of the journey. Check that its source sends.
objective-new-text-errors = It is measured by spans of the step's component. Send OpenTelemetry traces, with the component's name as service name.
objective-new-text-latency = It is measured by spans of the step's component, or by browsers on the step's page. Send traces, or put the tracker on the page.
objective-unknown-idle = Measured, and nobody came in the whole window. That is neither 100 % nor 0 %.
objective-unknown-sparse = Less than 95 % of the window was measured, so nothing is said. Alerts stay as they were.
objective-unknown-stale = The newest measurement is older than 15 minutes. That is a fault of ours until shown otherwise; alerts stay as they were.
objective-curve = How much of the budget is spent
objective-curve-label = Budget spent, per cent, over the window
objective-gone-text = If it goes on like the last day, the budget is gone
objective-lasts = If it goes on like the last day, the budget lasts.
objective-ledger = Who spent it
objective-ledger-who = What happened
objective-ledger-when = Since
objective-ledger-bad = Not good
objective-ledger-share = Of the budget
objective-ledger-nobody = In no incident and no maintenance
objective-ledger-sum = Together
objective-ledger-text = The window allows { $allowed } that are not good. What lies in several incidents counts for the first; a maintenance takes only what no incident does.
objective-ledger-none = Nothing was spent.
objective-burn = How fast it burns
objective-burn-tier = Rule
objective-burn-now = Burn
objective-burn-short = short { $burn }
objective-burn-fires = Fires at
objective-burn-capped = lowered
objective-burn-text = A burn of 1 uses up exactly the budget of the window. A rule fires when its long and its short window both burn at its factor. Lowered: more could not be reached with this target.
objective-burn-none = There is nothing to judge yet.
objective-tier-fast = One hour, pages
objective-tier-slow = Six hours, pages
objective-tier-day = One day, work for the day
objective-tier-days = Three days, work for the day
objective-says-fires = fires
objective-says-fades = fading
objective-says-calm = calm
objective-says-too_few = not enough traffic
objective-says-young = too young
objective-says-unseen = cannot be seen
objective-how = How it is counted
objective-how-completion = Whoever starts in a slice of five minutes counts once the window of the journey has passed or an end was reached. Whoever is still on the way counts neither way; who takes longer than nearly everybody counts as gone until it turns out otherwise. Being told that one is not eligible is a proper end.
objective-how-errors = Of the whole journey: those whose end was a failure. Of a step: spans of its component that ended in error, of the operations that name the step's page if there are any.
objective-how-latency = Spans of the step's component, else what browsers measured on the step's page. Right to 1 %.
objective-how-method = Counts, never averages of ratios. What was not measured is left out and shown as coverage.
objective-declared = Declared in { $place }
objective-judged = Judged
objective-fault-target = Write a share such as 99.5 %.

impact = What it costs the people who come
impact-steps = { $n ->
    [one] at the step { $steps }
   *[other] at the steps { $steps }
}
impact-by-service = touched as part of the service; which step is not known
impact-lost-case = About { $n ->
    [one] one case lost
   *[other] { $n } cases lost
}
impact-lost-user = About { $n ->
    [one] one application lost
   *[other] { $n } applications lost
}
impact-lost-visitor = About { $n ->
    [one] one application lost
   *[other] { $n } applications lost
}
impact-lost-visit = About { $n ->
    [one] one application lost
   *[other] { $n } applications lost
}
impact-between = so far; between { $low } and { $high }
impact-ordinary = Not more lost than on an ordinary day
impact-up-to = (at most { $high })
impact-no-usual = What is usual at this hour is not known yet
impact-starts = Come in a minute
impact-completes = Complete in a minute
impact-rate = { $now }, usually { $usual }
impact-completed = Completed since
impact-of-usual = { $n }, usually { $usual }
impact-came-back = Came back and completed
impact-basis-weeks = Usual: the same hours of { $n } weeks, without incidents
impact-basis-days = Usual: the same hours of { $n } days, without incidents
impact-more = { $n ->
    [one] One more journey is touched.
   *[other] { $n } more journeys are touched.
}
impact-how = How this is reckoned
impact-how-text = Usual is the median of the same hours of the last weeks. Lost is the usual minus what came; the interval is a 95 % prediction interval (Student's t over the weeks, at least as wide as chance alone makes it). Now is the last 15 minutes. Who comes back is followed for a week, a visit only within its day.
impact-none = No journey is known to need what fails.
impact-no-journeys = This service has no journeys, so it is not known whom this touches.
impact-add-journey = Say what people come to do

split = Divide over components
split-title = What each component must promise · { $journey }
split-answer-missing = { $n ->
    [one] One component cannot keep its part today.
   *[other] { $n } components cannot keep their part today.
}
split-answer-unknown = { $n ->
    [one] One component is not measured; the others keep their part.
   *[other] { $n } components are not measured; the others keep their part.
}
split-answer-fine = Every component keeps its part.
split-answer-no-parts = No step names a component
split-answer-no-target = The journey has no target for errors
split-answer-more = { $target } for the journey, divided over { $n ->
    [one] one part
   *[other] { $n } parts
}, each counted once however many steps need it.
split-no-target-text = Give it a target for errors, or try one here.
split-no-parts-text = Name the component of each step; what it depends on follows from the estate.
split-target = Target
split-tried = tried here
split-of-journey = of the journey
split-predicted = Predicted
split-bounds = between { $low } and { $high } whatever fails together
split-measured = Measured
split-measured-hint = the journey itself, not failed
split-within = In time
split-within-hint = within { $limit } for the whole
split-divide = Divide
split-try = Target
split-weights = Divide
split-weights-equal = equally
split-weights-measured = by what failed before
split-parts = Parts
split-part = Part
split-steps = Needed by
split-must = Must
split-does = Does
split-by-spans = { $n ->
    [one] one call
   *[other] { $n } calls
}
split-by-alerts = time without alerts, { $days } days
split-by-nothing = not measured
split-verdict = Today
split-verdict-keeps = keeps it
split-verdict-unsure = may not keep it
split-verdict-misses = cannot keep it
split-verdict-unknown = not known
split-blame = Of what is lost
split-check = Does it add up?
split-check-musts = The parts' promises together
split-check-predicted = What is measured, together
split-check-bounds = Whatever fails together
split-check-naive = Counted once per step (wrong)
split-check-measured = The journey as measured
split-range = { $low } to { $high }
split-how-exact = Reckoned exactly, as if parts fail independently of each other.
split-how-sampled = Played through { $runs } times with fixed dice: between { $low } and { $high }.
split-left-out = { $n ->
    [one] One part that nothing measured is left out.
   *[other] { $n } parts that nothing measured are left out.
}
split-check-text = Measured worse than predicted: something fails that no part accounts for. Measured better: parts fail at the same time, or a failure is caught on the way.
split-latency = Time
split-step = Step
split-part-ms = Its part
split-takes = Takes, { $share }
split-median = Median
split-time-p95 = The whole, 95 %
split-time-added = The steps' 95 % added up (not the same)
split-time-worst = At the worst, if one slows another
split-time-within = Within { $limit }
split-time-text = { $good } of { $total } steps are measured. Percentiles do not add up: the whole is the convolution of what the steps take. Each part follows the step's median and must be kept more often than 95 %, so that all together keep the whole.
split-no-times = No time is promised, or none measured
split-no-times-text = Give the journey a target for latency and send spans of its components, or put the tracker on its pages.
