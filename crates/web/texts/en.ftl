# Texts of web itself. A feature's keys begin with its own noun; these are shared.

# -- the frame
skip = Skip to content
nav-main = Main
nav-services = Services
nav-incidents = Incidents
nav-on-call = On call
nav-journeys = Journeys
nav-probes = Probes
nav-clients = Clients
nav-people = People
nav-system = System
nav-more = More
crumbs = Where you are
search = Search
search-everything = Search everything
theme = Appearance
theme-auto = As the device
theme-light = Light
theme-dark = Dark
language = Language
me-menu = Your menu
me-profile = Your profile
me-sign-out = Sign out
sign-in = Sign in
keys = Keys
keys-show = Show the keys
key-search = Search
key-go = Go to an entry of the sidebar
key-move = Move through a list
key-open = Open
key-create = Make something new
key-palette = Every action and place
key-help = These keys
palette-title = Go to or do
palette-ask = Type a place, an action or a name
palette-none = Nothing found.
stale-since = Not up to date since
close = Close
copy = Copy
copied = Copied
live-on = Live

# -- times
time-now = just now
time-minutes-ago = { $n ->
    [one] { $n } minute ago
   *[other] { $n } minutes ago
}
time-hours-ago = { $n ->
    [one] { $n } hour ago
   *[other] { $n } hours ago
}
time-in-minutes = { $n ->
    [one] in { $n } minute
   *[other] in { $n } minutes
}
time-in-hours = { $n ->
    [one] in { $n } hour
   *[other] in { $n } hours
}

# -- states
state = State
state-up = Up
state-degraded = Degraded
state-down = Down
state-unknown = Unknown
state-maintenance = Maintenance
state-pending = Pending
state-open = Open
state-acknowledged = Acknowledged
state-resolved = Resolved
state-sev1 = Severity 1
state-sev2 = Severity 2
state-sev3 = Severity 3
state-sev4 = Severity 4
state-none = Not measured
severity-n = Severity { $n }

# -- components
form-refused = This could not be done
form-mistake = Mistake:
type-name = Type “{ $name }” to go on
filter = Filter
pager = Pages of this list
pager-next = Next page
pager-shown = { $n ->
    [one] { $n } shown
   *[other] { $n } shown
}
range = Time range
timeline-empty = Nothing has happened yet.
as-table = As a table
csv = Download as CSV
day = Day
time = Time
value = Value
days-ago = { $n ->
    [one] { $n } day ago
   *[other] { $n } days ago
}
today = Today
letter-foot = Sent by Tend.
public-foot = Run with Tend
panel-failed = This part could not be loaded.
panel-again = Load it again

# -- verbs that every feature uses
save = Save
remove = Remove
rename = Rename
cancel = Cancel
add = Add
edit = Edit

# -- search
search-title = “{ $q }”
search-found = { $n ->
    [one] { $n } match for “{ $q }”
   *[other] { $n } matches for “{ $q }”
}
search-nothing = Nothing matches “{ $q }”.
search-nothing-next = Try a shorter word, or the name of the service it belongs to.
search-ask = What are you looking for?
search-ask-hint = Names of services, components, incidents, probes and people.

# -- the interface for programs
api-title = Interface for programs
api-answer = Every screen’s data is at { $base }, as JSON.
api-hint = Send a token in the Authorization header. Lists take limit and after; after is the next of the page before.
api-problems = What can go wrong
api-document = OpenAPI 3.1 document
api-takes = Takes
api-gives = Gives
api-name = Name
api-place = Where
api-kind = Type
api-about = What it is
api-required = required
api-nothing = Takes nothing.
api-access = For

# -- nouns for “not found”
noun-address = address
noun-journey = journey
noun-link = link
noun-file = file

# -- problems: what happened, what is safe, what next
problems-title = Every “no” of Tend
problems-what = What the code in an answer means, and what to do. What stands as … is said in the answer itself.
problem-next = What next
problem-request = If you ask somebody about this, give them this number:
problem-back = Try again
problem-home = To the first screen
problem-sent = What you sent
problem-malformed =
    .title = The request could not be read
    .detail = It is not in a form that Tend understands.
    .safe = Nothing was changed.
    .next = Go back and try again.
problem-malformed-text =
    .title = The request holds letters that are no text
    .detail = The address or a field is not valid UTF-8.
    .safe = Nothing was changed.
    .next = Check the address, or type the text again.
problem-malformed-json =
    .title = The JSON could not be read
    .detail = { $why }.
    .safe = Nothing was changed.
    .next = Correct it and send it again.
problem-wrong-type =
    .title = Tend does not read this kind of content
    .detail = Actions take a form or application/json.
    .safe = Nothing was changed.
    .next = Send it with the right Content-Type.
problem-too-large =
    .title = That is more than Tend takes at once
    .detail = The limit is { $limit_kib } KiB.
    .safe = Nothing was changed.
    .next = Send less, or in parts.
problem-too-many-fields =
    .title = The form has too many fields
    .detail = The limit is { $limit }.
    .safe = Nothing was changed.
    .next = Send it in parts.
problem-address-too-long =
    .title = The address is too long
    .safe = Nothing was changed.
    .next = Use fewer filters.
problem-unauthenticated =
    .title = Sign in first
    .detail = This is for people with a name in Tend. Your session may have ended.
    .safe = Nothing was changed.
    .next = Sign in, and you come back here.
problem-token-unknown =
    .title = This token is not known
    .detail = It was withdrawn, has expired, or was never given out.
    .safe = Nothing was changed.
    .next = Make a new token under your profile.
problem-forbidden =
    .title = You may not do this
    .detail = Your roles let you see it, but not do it.
    .safe = Nothing was changed.
    .next = Ask an administrator for the role you need.
problem-form-expired =
    .title = This form is too old
    .detail = Your session changed since the screen was opened, or cookies are switched off.
    .safe = Nothing was changed.
    .next = Go back, load the screen again and send the form once more.
problem-form-from-elsewhere =
    .title = This came from another site
    .detail = Tend only takes forms that were opened in Tend itself.
    .safe = Nothing was changed.
    .next = Open Tend yourself and do it there.
problem-not-found =
    .title = There is no such { $what }
    .detail = It does not exist, or it is not for you to see.
    .next = Check the address, or search for it by name.
problem-wrong-method =
    .title = This address does not take that
    .safe = Nothing was changed.
    .next = Open the screen and use its buttons.
problem-link-expired =
    .title = This link is no longer valid
    .detail = Links hold for a limited time.
    .safe = Nothing was changed.
    .next = Ask for a new link, or sign in.
problem-invalid =
    .title = Something in the form is not right
    .safe = Nothing was changed.
    .next = Correct what is marked and send it again.
problem-taken =
    .title = There already is one like that
    .safe = Nothing was changed.
    .next = Choose another name.
problem-still-used =
    .title = It is still in use
    .detail = Something else refers to it.
    .safe = Nothing was changed.
    .next = Remove what refers to it first.
problem-changed-meanwhile =
    .title = Somebody else changed this meanwhile
    .safe = Your change was not applied; theirs stands.
    .next = Load the screen again and look at what changed.
problem-too-often =
    .title = Too many tries
    .safe = Nothing was changed.
    .next = Wait a moment and try again.
problem-fault =
    .title = Something went wrong on our side
    .detail = This is a fault in Tend, not in what you did.
    .safe = What was saved before is safe. What you just did was not saved.
    .next = Try again. If it happens again, tell an administrator the number below.
problem-busy =
    .title = Tend is busy
    .detail = More is being asked than it can answer at once.
    .safe = Nothing was changed and nothing is lost.
    .next = Wait a few seconds and try again.
problem-store-busy =
    .title = The database is busy
    .safe = Nothing was changed and nothing is lost.
    .next = Wait a few seconds and try again.
problem-store-path =
    .title = The database cannot be opened
    .next = Check that its folder exists and may be written.
problem-disk-full =
    .title = The disk is full
    .detail = Tend can show everything but save nothing.
    .safe = What was saved is safe. What you just did was not saved.
    .next = Free some space on the server; then it goes on by itself.
problem-secrets-key =
    .title = A secret cannot be read
    .detail = It is sealed with the key { $key }, which Tend was not given.
    .safe = Nothing was changed.
    .next = Use a code to recover, or ask whoever runs the installation to put its key file back.
problem-lake-path =
    .title = The folder of the event lake cannot be opened
    .detail = { $path }
    .safe = Nothing was changed.
    .next = Look at the folder's owner and rights, then start again.
problem-lake-locked =
    .title = Another process has the event lake open
    .detail = { $path }
    .safe = Nothing was changed.
    .next = Stop the other one, or give this one a data folder of its own.
problem-lake-foreign =
    .title = The event lake belongs to another database
    .detail = { $path } holds events that this database knows nothing of.
    .safe = Nothing was changed.
    .next = Name the database that belongs to it, or an empty data folder.
problem-lake-held =
    .title = A backup copies the events
    .safe = Nothing was changed and nothing is lost.
    .next = Try again in a minute.
problem-lake-file-missing =
    .title = A file of events is not there
    .detail = { $file }
    .safe = Everything else is.
    .next = Run "tend doctor" on the server: it says which files are missing and what to do.
problem-lake-store =
    .title = The object store does not answer
    .safe = Nothing is lost; new events are kept on this machine.
    .next = Look at the address, the keys and the network, and try again.
problem-lake-store-address =
    .title = This is not the address of an object store
    .detail = { $url }
    .safe = Nothing was changed.
    .next = Write it as s3://bucket/prefix.
problem-lake-too-many =
    .title = That is more than Tend takes at once
    .detail = The limit is { $most } rows.
    .safe = Nothing was kept.
    .next = Send it in parts.
problem-backup-unwritable =
    .title = The backup cannot be written
    .next = Check the folder and its free space.
problem-backup-unreadable =
    .title = This is not a backup that Tend can read
    .next = Choose another file.
problem-restore-not-empty =
    .title = There is a database already
    .safe = Nothing was overwritten.
    .next = Restore into an empty place.
problem-restore-newer =
    .title = The backup comes from a newer Tend
    .safe = Nothing was changed.
    .next = Restore it with that version or a newer one.
problem-lake-too-much =
    .title = This question takes more memory than one question may
    .detail = The limit is { $limit_mib } MiB.
    .safe = Nothing was changed.
    .next = Ask about fewer days, fewer values, or without counting different visits.
problem-lake-too-many-cells =
    .title = This question has too many stretches of time
    .detail = It may have { $most }.
    .safe = Nothing was changed.
    .next = Ask about fewer days, or about days and not hours.
problem-lake-too-many-alternatives =
    .title = This question looks for too many different things
    .detail = It may look for { $most }.
    .safe = Nothing was changed.
    .next = Use a pattern for several pages at once, or fewer steps.
problem-lake-funnel-steps =
    .title = A funnel has from 2 to 32 steps
    .safe = Nothing was changed.
    .next = Add a step, or take some away.
problem-lake-funnel-optional =
    .title = The first and the last step cannot be optional
    .safe = Nothing was changed.
    .next = Make them required, or leave them out.
problem-lake-funnel-window =
    .title = The time for the whole journey cannot be negative
    .safe = Nothing was changed.
    .next = Give a time of zero or more.
problem-lake-funnel-exclusions =
    .title = What rules a journey out does not fit its steps
    .detail = It lies between two steps that exist, in their order, and a funnel in any order has none.
    .safe = Nothing was changed.
    .next = Correct the steps it lies between.
problem-lake-funnel-range =
    .title = The period ends before it begins
    .safe = Nothing was changed.
    .next = Swap its beginning and its end.
problem-lake-path-depth =
    .title = A path has from { $least } to { $most } places
    .safe = Nothing was changed.
    .next = Choose a length between them.
problem-timed-out =
    .title = This took too long
    .detail = Tend gave up waiting for itself.
    .safe = It may still have been done.
    .next = Look whether it was done before trying again.
problem-body-timed-out =
    .title = The request came in too slowly
    .safe = Nothing was changed.
    .next = Try again on a better connection.
problem-kind-400 =
    .title = The request could not be read
problem-kind-401 =
    .title = Sign in first
problem-kind-403 =
    .title = You may not do this
problem-kind-404 =
    .title = There is nothing here
problem-kind-405 =
    .title = This address does not take that
problem-kind-409 =
    .title = This is no longer so
problem-kind-410 =
    .title = This is no longer valid
problem-kind-413 =
    .title = That is more than Tend takes at once
problem-kind-415 =
    .title = Tend does not read this kind of content
problem-kind-422 =
    .title = Something is not right
problem-kind-429 =
    .title = Too many tries
problem-kind-500 =
    .title = Something went wrong on our side
problem-kind-503 =
    .title = Tend cannot do this now
problem-kind-504 =
    .title = This took too long

# -- fields
field-required = Fill this in.
field-malformed = This cannot be read.
field-unknown = This is not known.
field-choice = Choose one of the given.
field-taken = This is already taken.
field-too-long = { $max ->
    [none] This is too long.
   *[other] This is longer than { $max } characters.
}
field-too-many = { $max ->
    [none] These are too many.
   *[other] There may be { $max } at most.
}
field-bad-characters = This holds letters that cannot be shown.
field-bad-number = This is not a telephone number with its country, such as +31 6 12345678.
field-bad-mail = This is not a mail address.
field-bad-url = This is not an address that begins with https:// or http://.
field-bad-cursor = This is not a place in the list. Start at its first page.

# -- every component, to look at
kitchen-title = Components

problem-database-newer =
    .title = This database was written by a newer Tend.
    .detail = It holds the schema step { $step }, which this program does not know.
    .safe = Nothing was changed.
    .next = Start the newer program, or restore the backup you made before the upgrade.
chart-expected = expected
chart-between = between
