-------------------------------- MODULE Tasks --------------------------------
(* Tasks, their tickets, and the places of a queue that limits how many run at once, as lib/ does them. One step is   *)
(* one call of a port, with the decision that follows it; README.md beside this file says which step is which         *)
(* function, and what is left out.                                                                                   *)
EXTENDS Integers, FiniteSets, TLC

CONSTANTS
  Workers,      \* who reserves and reports
  Tasks,
  Limit,        \* how many may run at once; 0 = any number
  MaxAttempts,
  MaxCancels, MaxRetries, \* by the manager, of each task
  Heartbeats,   \* TRUE: workers extend leases
  Faults,       \* kinds of faults that happen: "crash", "die", "lapse", "lose", "giveup"
  MaxFaults,    \* how many of them in all
  Mutant        \* a rule that is switched off, or "none"

Sweep == "sweep"
Manager == "manager"
Nobody == "nobody"
Procs == Workers \cup {Sweep, Manager}

(* Times, as far as they are told apart: now, a time that comes, a time that never comes. *)
Now == 0
Later == 1
Never == 2

VARIABLES
  tasks,    \* the store's tasks
  tickets,  \* the queue: at most one ticket of a task and generation
  overdue,  \* tasks whose lease is past its deadline
  places,   \* of each task: a place for the lease that may be written next, for the one that stands, and for others
  late,     \* tasks whose place for the lease that may be written next is past its time
  pc, local, \* what each process does
  held,     \* the tokens each worker was told
  live,     \* <<task, lease>>: what workers believe they hold; only looked at
  wrong,    \* TRUE: an end was accepted whose token was not the current one; only looked at
  faults    \* faults so far

vars == <<tasks, tickets, overdue, places, late, pc, local, held, live, wrong, faults>>

(***************************** Pure rules: lib/domain/task *****************************)

IsEnd(task) == task.state \in {"succeeded", "failed", "cancelled"}
NoTask == [state |-> "none", tries |-> 0, lease |-> 0, who |-> Nobody, made |-> 0, wake |-> Never,
           cancels |-> 0, retries |-> 0]
NewTask == [NoTask EXCEPT !.state = "queued", !.wake = Now]
IsThere(task) == task.state # "none"

(* task.ts: nextWake *)
NextWake(task) == IF task.state = "queued" THEN Now ELSE IF task.lease # 0 THEN Later ELSE Never

(* ticket.ts: ticketFor; whether a ticket of the next generation must be sent *)
Moves(task) == NextWake(task) < task.wake
MoveTicket(task) == IF Moves(task) THEN [task EXCEPT !.wake = NextWake(task)] ELSE task

WithoutLease(task) == [task EXCEPT !.lease = 0, !.who = Nobody]
Over(task, state) == [WithoutLease(task) EXCEPT !.state = state]
Again(task) == IF task.tries < MaxAttempts THEN [WithoutLease(task) EXCEPT !.state = "queued"] ELSE Over(task, "failed")

(* end.ts: expire *)
IsOverdue(t) == tasks[t].lease # 0 /\ t \in overdue
Expire(t) ==
  LET task == tasks[t]
  IN IF ~IsOverdue(t) THEN task
     ELSE IF task.state = "cancelling" THEN IF Mutant = "no grace" THEN task ELSE Over(task, "cancelled") ELSE Again(task)

(* lease.ts: reserve *)
Lease(task, w) ==
  [task EXCEPT !.state = "running", !.tries = @ + 1, !.lease = task.made + 1, !.who = w, !.made = @ + 1]

(* end.ts: end *)
Stands(task, token) == IF Mutant = "no fence" THEN task.lease # 0 ELSE task.lease = token.id
Ended(task, outcome) ==
  IF outcome = "succeeded" THEN Over(task, "succeeded")
  ELSE IF task.state = "cancelling" THEN Over(task, "cancelled")
  ELSE IF outcome = "released" THEN [WithoutLease(task) EXCEPT !.state = "queued", !.tries = @ - 1]
  ELSE IF outcome = "retry" THEN Again(task) ELSE Over(task, "failed")

(***************************** The queue *****************************)

(* Generations are counted from the task's: a ticket is of an older one, the current one or the next one. *)
Older == -1
Current == 0
Next1 == 1
NoTicket == 9
Age(generation) == IF generation = NoTicket THEN NoTicket ELSE IF generation = Next1 THEN Current ELSE Older

TicketsOf(t) == {k \in tickets : k.t = t}
(* A ticket is "visible", or "taken" by its receiver. One that is hidden until a time that comes is visible here: it    *)
(* may come up early. Tickets of one task and generation are kept as one, and no receipt of theirs counts.           *)
Merge(queue) ==
  LET twins(k) == {l \in queue : l.t = k.t /\ l.gen = k.gen}
  IN {IF twins(k) = {k} THEN k ELSE [t |-> k.t, gen |-> k.gen, by |-> Nobody, st |-> "visible"] : k \in queue}
Sent(t, gen) == Merge(tickets \cup {[t |-> t, gen |-> gen, by |-> Nobody, st |-> "visible"]})
(* The task has moved to its next generation. *)
Aged(t) == Merge({[k EXCEPT !.gen = IF k.t = t THEN Age(@) ELSE @] : k \in tickets})
Receipt(p) == {k \in tickets : k.by = p}
PutBack(p) == (tickets \ Receipt(p)) \cup {[k EXCEPT !.st = "visible", !.by = Nobody] : k \in Receipt(p)}

(***************************** Places: lib/dispatch/tasks/places.ts, take-place.ts *****************************)

(* A place is for the lease of one version of a task. It is told by what that version is to the task now.             *)
NoPlaces == [next |-> 0, lease |-> 0, old |-> 0]
PlacesOf(t) == places[t].next + places[t].lease + places[t].old
RECURSIVE Sum(_)
Sum(ts) == IF ts = {} THEN 0 ELSE LET t == CHOOSE u \in ts : TRUE IN PlacesOf(t) + Sum(ts \ {t})
Taken == Sum(Tasks)

(* What the places of a task are once it is written: the next lease is this one, or will never be. *)
PlacesAfter(t, new) ==
  LET old == tasks[t]
      made == new.lease # 0 /\ new.lease # old.lease
      gone == IF old.lease # 0 /\ new.lease # old.lease THEN places[t].lease ELSE 0
  IN [places EXCEPT ![t] =
       [next |-> 0,
        lease |-> IF made THEN @.next ELSE @.lease - gone,
        old |-> @.old + gone + IF made THEN 0 ELSE @.next]]

(***************************** Processes *****************************)

Nothing == [
  t |-> Nobody, ticket |-> NoTicket, \* the task it is at, and the generation of the ticket it received
  sends |-> NoTicket,                \* the generation of the ticket it sends before it writes
  new |-> NoTask,                    \* what it wants to write
  fresh |-> FALSE,                   \* nobody has written the task since it was read
  drop |-> Nobody, whole |-> FALSE,  \* a task that has a place too many; nobody has written the places since
  then |-> "idle",                   \* what it does after the write
  told |-> {}, gain |-> {}]          \* tokens the caller reported, and is about to be given

Init ==
  /\ tasks = [t \in Tasks |-> NoTask]
  /\ tickets = {}
  /\ overdue = {} /\ late = {}
  /\ places = [t \in Tasks |-> NoPlaces]
  /\ pc = [p \in Procs |-> "idle"]
  /\ local = [p \in Procs |-> Nothing]
  /\ held = [w \in Workers |-> {}]
  /\ live = {} /\ wrong = FALSE /\ faults = 0

Go(p, to, values) == pc' = [pc EXCEPT ![p] = to] /\ local' = [local EXCEPT ![p] = values]
Answer(p) ==
  /\ Go(p, "idle", Nothing)
  /\ held' = IF p \in Workers THEN [held EXCEPT ![p] = (@ \ local[p].told) \cup local[p].gain] ELSE held
GoOn(p, values) == IF values.then = "idle" THEN Answer(p) ELSE Go(p, values.then, values) /\ UNCHANGED held

UnchangedPlaces == UNCHANGED <<places, late>>
UnchangedGhosts == UNCHANGED <<live, wrong>>

Token(t, task) == [t |-> t, id |-> task.lease]

Write(p, new, values) == Go(p, "put", [values EXCEPT !.new = new, !.fresh = TRUE])
SendAndWrite(p, new, values) ==
  Go(p, IF Mutant = "write before send" THEN "put" ELSE "send",
     [values EXCEPT !.new = new, !.fresh = TRUE, !.sends = Next1])
(* change-task.ts: commitTask *)
Commit(p, new, values) == IF Moves(new) THEN SendAndWrite(p, MoveTicket(new), values) ELSE Write(p, new, values)

Fault(kind) == kind \in Faults /\ faults < MaxFaults /\ faults' = faults + 1

(* What the processes remember once a task is written, and perhaps moved on to its next generation. *)
Known(q, t, moved) ==
  LET was == local[q]
      known == IF Mutant = "no compare-and-set" THEN was ELSE [was EXCEPT !.fresh = FALSE]
  IN IF was.t # t THEN was
     ELSE IF moved THEN [known EXCEPT !.ticket = Age(@), !.sends = Age(@)] ELSE known
After(t, moved) == [q \in Procs |-> Known(q, t, moved)]
(* The same once the places are written. *)
Crowded == [q \in Procs |-> [local[q] EXCEPT !.whole = FALSE]]

(* submit-tasks.ts: the ticket first, then the task *)
Submit ==
  /\ pc[Manager] = "idle"
  /\ \E t \in Tasks :
       /\ ~IsThere(tasks[t])
       /\ IF Mutant = "write before send"
          THEN Go(Manager, "put", [Nothing EXCEPT !.t = t, !.new = NewTask, !.fresh = TRUE, !.sends = Current])
          ELSE Go(Manager, "send", [Nothing EXCEPT !.t = t, !.new = NewTask, !.fresh = TRUE, !.sends = Current])
  /\ UNCHANGED <<tasks, tickets, overdue, held, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

(* cancel-task.ts, retry-task.ts *)
Manage ==
  /\ pc[Manager] = "idle"
  /\ \E t \in Tasks :
       LET task == tasks[t]
       IN \/ /\ task.state \in {"queued", "running"} /\ task.cancels < MaxCancels
             /\ LET next == IF task.state = "queued" THEN Over(task, "cancelled") ELSE [task EXCEPT !.state = "cancelling"]
                IN Commit(Manager, [next EXCEPT !.cancels = @ + 1], [Nothing EXCEPT !.t = t])
          \/ /\ task.state \in {"failed", "cancelled"} /\ task.retries < MaxRetries
             /\ Commit(Manager, [task EXCEPT !.state = "queued", !.tries = 0, !.retries = @ + 1], [Nothing EXCEPT !.t = t])
  /\ UNCHANGED <<tasks, tickets, overdue, held, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

(* end-task.ts. A refusal ends the request. *)
Report(w) ==
  /\ pc[w] = "idle"
  /\ \E k \in held[w], outcome \in {"succeeded", "failed", "retry", "released"} :
       LET task == tasks[k.t]
       IN IF Stands(task, k)
          THEN /\ outcome = "released" => task.cancels = 0 /\ task.made < MaxAttempts + 1
               /\ Commit(w, Ended(task, outcome), [Nothing EXCEPT !.t = k.t, !.told = {k}])
               /\ places' = IF Mutant = "free before end" THEN [places EXCEPT ![k.t].lease = 0] ELSE places
               /\ UNCHANGED held
          ELSE /\ held' = [held EXCEPT ![w] = @ \ {k}]
               /\ UNCHANGED <<pc, local, places>>
  /\ UNCHANGED <<tasks, tickets, overdue, late, faults>> /\ UnchangedGhosts

(* heartbeat-tasks.ts, update-task.ts: one read and one write; what is cancelled is not extended *)
Heartbeat(w) ==
  /\ Heartbeats /\ pc[w] = "idle"
  /\ \E k \in held[w] :
       /\ tasks[k.t].lease = k.id /\ tasks[k.t].state = "running"
       /\ k.t \in overdue
       /\ local' = After(k.t, FALSE)
       /\ overdue' = overdue \ {k.t}
       /\ live' = live \cup {<<k.t, k.id>>}
       /\ places' = PlacesAfter(k.t, tasks[k.t])
       /\ late' = late \ {k.t}
  /\ UNCHANGED <<tasks, tickets, pc, held, wrong, faults>>

(* repeated.ts: a repeated request is given what the lost answer held *)
Repeat(w) ==
  /\ pc[w] = "idle" /\ held[w] = {}
  /\ \E t \in Tasks :
       /\ tasks[t].who = w
       /\ held' = [held EXCEPT ![w] = {Token(t, tasks[t])}]
  /\ UNCHANGED <<tasks, tickets, overdue, pc, local, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

(* reserve-tasks.ts: takeFromQueue, receive *)
Receive(w, t) ==
  /\ pc[w] = "idle" /\ held[w] = {}
  /\ \E k \in TicketsOf(t) :
       /\ k.st = "visible"
       /\ tickets' = (tickets \ {k}) \cup {[k EXCEPT !.st = "taken", !.by = w]}
       /\ Go(w, "look", [Nothing EXCEPT !.t = t, !.ticket = k.gen])
  /\ UNCHANGED <<tasks, overdue, held, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

IsOnItsWay(t) == \E q \in Procs : pc[q] \in {"send", "put"} /\ local[q].t = t /\ local[q].sends # NoTicket

(* take-task.ts: takeByTicket, decide, settleTicket, from the read of the task on *)
Look(w) ==
  /\ pc[w] = "look"
  /\ LET t == local[w].t
         ticket == local[w].ticket
         old == tasks[t]
         freed == Expire(t)
         leased == Lease(freed, w)
         base == [Nothing EXCEPT !.t = t, !.ticket = ticket]
         settle(new, values) ==
           LET last == IF ticket = Older \/ IsEnd(new) THEN "delete" ELSE "hide"
           IN IF ticket = Older
              THEN IF new = old THEN Go(w, "delete", base) ELSE Commit(w, new, [values EXCEPT !.then = last])
              ELSE LET woken == [new EXCEPT !.wake = NextWake(new)]
                   IN IF woken = old THEN Go(w, last, base) ELSE Write(w, woken, [values EXCEPT !.then = last])
     IN IF ticket = Next1 \/ ~IsThere(old)
        THEN IF IsOnItsWay(t)
             THEN \/ Go(w, "hide", base) /\ UNCHANGED faults
                  \/ Go(w, "delete", base) /\ Fault("giveup")
             ELSE Go(w, "delete", base) /\ UNCHANGED faults
        ELSE /\ UNCHANGED faults
             /\ IF freed.state # "queued" THEN settle(freed, base)
                ELSE IF Limit = 0 \/ Mutant = "lease before place"
                THEN settle(leased, [base EXCEPT !.gain = {Token(t, leased)}])
                ELSE \/ Go(w, "place", [base EXCEPT !.new = leased, !.fresh = TRUE, !.gain = {Token(t, leased)}])
                     (* There is no place, and none that may be found. *)
                     \/ /\ Taken - places[t].next >= Limit /\ late \subseteq {t}
                        /\ \A u \in Tasks : places[u].old = 0 /\ ~(places[u].lease > 0 /\ IsOverdue(u))
                        /\ settle(freed, base)
  /\ UNCHANGED <<tasks, tickets, overdue, held>> /\ UnchangedPlaces /\ UnchangedGhosts

(* Goes on with a place: writes the lease for which it is. *)
Placed(w, values) ==
  LET base == [values EXCEPT !.drop = Nobody, !.whole = FALSE, !.then = IF values.ticket = Older THEN "delete" ELSE "hide"]
  IN IF values.ticket = Older /\ Moves(values.new)
     THEN Go(w, "send", [base EXCEPT !.new = MoveTicket(values.new), !.sends = Next1])
     ELSE Go(w, "put", [base EXCEPT !.new.wake = IF values.ticket = Older THEN @ ELSE NextWake(values.new)])

(* The place is for the lease of the version that was read: should the task have been written since, it is for none. *)
AddPlace(w, before) ==
  LET t == local[w].t
  IN /\ places' = [before EXCEPT ![t] = IF local[w].fresh THEN [@ EXCEPT !.next = 1] ELSE [@ EXCEPT !.old = @ + 1]]
     /\ late' = IF local[w].fresh THEN late \ {t} ELSE late

(* take-place.ts: takePlace, where there is room *)
Place(w) ==
  /\ pc[w] = "place"
  /\ LET t == local[w].t
         own == IF local[w].fresh THEN places[t].next ELSE 0
     IN /\ Taken - own < Limit
        /\ AddPlace(w, places)
        /\ LET next == Placed(w, local[w]) IN next
  /\ UNCHANGED <<tasks, tickets, overdue, held, faults>> /\ UnchangedGhosts

(* The same where there is none: stillTaken, runsUntil of one place *)
Examine(w) ==
  /\ pc[w] = "place" /\ local[w].drop = Nobody
  /\ LET t == local[w].t
         own == IF local[w].fresh THEN places[t].next ELSE 0
     IN /\ Taken - own >= Limit
        /\ \/ \E u \in Tasks :
                (* A place for a lease that has ended *)
                \/ /\ places[u].old > 0
                   /\ local' = [local EXCEPT ![w] = [@ EXCEPT !.drop = u, !.whole = TRUE]]
                   /\ UNCHANGED <<tasks, overdue, places, late, tickets>>
                (* One for a lease that is overdue: it is ended *)
                \/ /\ places[u].lease > 0 /\ IsOverdue(u) /\ ~Moves(Expire(u)) /\ Expire(u) # tasks[u]
                   /\ tasks' = [tasks EXCEPT ![u] = Expire(u)]
                   /\ overdue' = overdue \ {u} /\ places' = PlacesAfter(u, Expire(u)) /\ late' = late \ {u}
                   /\ local' = [After(u, FALSE) EXCEPT ![w].drop = u, ![w].whole = TRUE]
                   /\ UNCHANGED tickets
                \/ /\ places[u].lease > 0 /\ IsOverdue(u) /\ Moves(Expire(u))
                   /\ tasks' = [tasks EXCEPT ![u] = MoveTicket(Expire(u))]
                   /\ overdue' = overdue \ {u} /\ places' = PlacesAfter(u, Expire(u)) /\ late' = late \ {u}
                   /\ local' = [After(u, TRUE) EXCEPT ![w].drop = u, ![w].whole = TRUE]
                   /\ tickets' = Merge({[k EXCEPT !.gen = IF k.t = u THEN Age(@) ELSE @] : k \in Sent(u, Next1)})
                (* One for a lease that was not written in its time: it is made impossible *)
                \/ /\ u # t /\ places[u].next > 0 /\ u \in late
                   /\ local' = [(IF Mutant = "place by time" THEN local ELSE After(u, FALSE)) EXCEPT ![w].drop = u, ![w].whole = TRUE]
                   /\ places' = [places EXCEPT ![u].next = 0, ![u].old = @ + 1]
                   /\ late' = late \ {u}
                   /\ UNCHANGED <<tasks, overdue, tickets>>
           (* None of them, and the worker hears that the queue is full: it looks at the task again, and lets it be. *)
           \/ /\ late \subseteq {t}
              /\ \A u \in Tasks : places[u].old = 0 /\ ~(places[u].lease > 0 /\ IsOverdue(u))
              /\ local' = [local EXCEPT ![w] = [Nothing EXCEPT !.t = t, !.ticket = local[w].ticket]]
              /\ UNCHANGED <<tasks, overdue, places, late, tickets>>
        /\ pc' = [pc EXCEPT ![w] = IF local'[w].drop = Nobody THEN "look" ELSE "place"]
  /\ UNCHANGED <<held, faults>> /\ UnchangedGhosts

(* takePlace, the write: unless another came first *)
Drop(w) ==
  /\ pc[w] = "place" /\ local[w].drop # Nobody
  /\ LET u == local[w].drop
     IN IF local[w].whole /\ places[u].old > 0
        THEN /\ AddPlace(w, [places EXCEPT ![u].old = @ - 1])
             /\ Placed(w, local[w])
        ELSE /\ local' = [local EXCEPT ![w] = [@ EXCEPT !.drop = Nobody, !.whole = FALSE]]
             /\ UNCHANGED <<places, late, pc>>
  /\ UNCHANGED <<tasks, tickets, overdue, held, faults>> /\ UnchangedGhosts

Send(p) ==
  /\ pc[p] = "send"
  /\ tickets' = Sent(local[p].t, local[p].sends)
  /\ IF Mutant = "write before send" THEN GoOn(p, [local[p] EXCEPT !.new = NoTask, !.sends = NoTicket])
     ELSE Go(p, "put", local[p]) /\ UNCHANGED held
  /\ UNCHANGED <<tasks, overdue, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

(* task-items.ts: writeTask, and what follows: give a place back, go on, or read again after a lost race *)
Put(p) ==
  /\ pc[p] = "put"
  /\ LET t == local[p].t
         new == local[p].new
         old == tasks[t]
         isFirst == local[p].fresh \/ Mutant = "no compare-and-set"
         moves == local[p].sends = Next1
         ends == old.lease # 0 /\ new.lease # old.lease
         lost == IF local[p].ticket # NoTicket THEN "look" ELSE "idle"
         values == [local[p] EXCEPT !.fresh = FALSE, !.sends = NoTicket, !.ticket = IF moves THEN Age(@) ELSE @, !.new = NoTask]
         next == IF ~isFirst THEN lost
                 ELSE IF Mutant = "write before send" /\ local[p].sends # NoTicket THEN "send"
                 ELSE IF Mutant = "lease before place" /\ Limit > 0 /\ new.lease # old.lease /\ new.lease # 0 THEN "late place"
                 ELSE IF ends /\ Limit > 0 THEN "free" ELSE local[p].then
     IN /\ pc' = [pc EXCEPT ![p] = next]
        /\ IF isFirst
           THEN /\ tasks' = [tasks EXCEPT ![t] = new]
                /\ overdue' = IF new.lease = old.lease THEN overdue ELSE overdue \ {t}
                /\ live' = {g \in live : ~(g[1] = t /\ local[p].told # {})} \cup {<<t, k.id>> : k \in local[p].gain}
                /\ wrong' = (wrong \/ \E k \in local[p].told : old.lease # k.id)
                /\ tickets' = IF moves THEN Aged(t) ELSE tickets
                /\ places' = PlacesAfter(t, new) /\ late' = late \ {t}
                /\ local' = [After(t, moves) EXCEPT ![p] =
                     IF next = "send" THEN [local[p] EXCEPT !.sends = Current] ELSE IF next = "idle" THEN Nothing ELSE values]
                /\ held' = IF next = "idle" /\ p \in Workers THEN [held EXCEPT ![p] = (@ \ local[p].told) \cup local[p].gain] ELSE held
           ELSE /\ UNCHANGED <<tasks, overdue, live, wrong, tickets, places, late, held>>
                /\ local' = [local EXCEPT ![p] =
                     IF lost = "look" THEN [Nothing EXCEPT !.t = t, !.ticket = local[p].ticket] ELSE Nothing]
  /\ UNCHANGED faults

(* places.ts: freePlace *)
Free(p) ==
  /\ pc[p] = "free"
  /\ LET t == local[p].t
     IN IF places[t].old = 0 THEN UNCHANGED places /\ GoOn(p, local[p])
        ELSE /\ places' = [places EXCEPT ![t].old = @ - 1]
             /\ LET values == local[p]
                IN /\ pc' = [pc EXCEPT ![p] = values.then]
                   /\ local' = [Crowded EXCEPT ![p] = IF values.then = "idle" THEN Nothing ELSE values]
                   /\ held' = IF values.then = "idle" /\ p \in Workers THEN [held EXCEPT ![p] = (@ \ values.told) \cup values.gain] ELSE held
  /\ UNCHANGED <<tasks, tickets, overdue, late, faults>> /\ UnchangedGhosts

(* The mutant that leases first: a place, if there is one. *)
LatePlace(p) ==
  /\ pc[p] = "late place"
  /\ places' = IF Taken < Limit THEN [places EXCEPT ![local[p].t].lease = 1] ELSE places
  /\ GoOn(p, local[p])
  /\ UNCHANGED <<tasks, tickets, overdue, late, faults>> /\ UnchangedGhosts

Hide(w) ==
  /\ pc[w] = "hide"
  /\ tickets' = PutBack(w)
  /\ Answer(w)
  /\ UNCHANGED <<tasks, overdue, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

Delete(w) ==
  /\ pc[w] = "delete"
  /\ tickets' = tickets \ Receipt(w)
  /\ Answer(w)
  /\ UNCHANGED <<tasks, overdue, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

(***************************** The sweep: lib/dispatch/tasks/sweep-tasks.ts *****************************)

SweepExpire(t) ==
  /\ pc[Sweep] = "idle" /\ IsOverdue(t) /\ Expire(t) # tasks[t]
  /\ Commit(Sweep, Expire(t), [Nothing EXCEPT !.t = t])
  /\ UNCHANGED <<tasks, tickets, overdue, held, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

(* reissueTicket: what has something to do and no ticket to say so *)
SweepReissue(t) ==
  /\ pc[Sweep] = "idle" /\ tasks[t].state = "queued"
  /\ \A k \in TicketsOf(t) : k.gen = Older
  /\ SendAndWrite(Sweep, [tasks[t] EXCEPT !.wake = Now], [Nothing EXCEPT !.t = t])
  /\ UNCHANGED <<tasks, tickets, overdue, held, faults>> /\ UnchangedPlaces /\ UnchangedGhosts

(***************************** Time *****************************)

Deadline ==
  /\ \E t \in Tasks :
       /\ tasks[t].lease # 0 /\ t \notin overdue
       /\ overdue' = overdue \cup {t}
       /\ live' = {g \in live : g[1] # t}
  /\ UNCHANGED <<tasks, tickets, pc, local, held, wrong, faults>> /\ UnchangedPlaces

(* A place was not used in the time of a lease. *)
PlaceTime ==
  /\ \E t \in Tasks : places[t].next > 0 /\ t \notin late /\ late' = late \cup {t}
  /\ UNCHANGED <<tasks, tickets, overdue, places, pc, local, held, faults>> /\ UnchangedGhosts

(***************************** Faults *****************************)

(* A process ends between two calls, or the answer to a call, applied or not, is lost. Its ticket comes up again. *)
Crash(p) ==
  /\ pc[p] # "idle" /\ Fault("crash")
  /\ Go(p, "idle", Nothing)
  /\ tickets' = PutBack(p)
  /\ UNCHANGED <<tasks, overdue, held>> /\ UnchangedPlaces /\ UnchangedGhosts

(* A worker ends and forgets what it holds. *)
Die(w) ==
  /\ held[w] # {} /\ Fault("die")
  /\ held' = [held EXCEPT ![w] = {}]
  /\ UNCHANGED <<tasks, tickets, overdue, pc, local>> /\ UnchangedPlaces /\ UnchangedGhosts

(* A ticket comes up while its receiver is still at it, or is delivered to somebody else as well. *)
Lapse ==
  /\ \E k \in tickets :
       /\ k.st = "taken" /\ Fault("lapse")
       /\ tickets' = (tickets \ {k}) \cup {[k EXCEPT !.st = "visible", !.by = Nobody]}
  /\ UNCHANGED <<tasks, overdue, pc, local, held>> /\ UnchangedPlaces /\ UnchangedGhosts

Lose ==
  /\ \E k \in tickets : Fault("lose") /\ tickets' = tickets \ {k}
  /\ UNCHANGED <<tasks, overdue, pc, local, held>> /\ UnchangedPlaces /\ UnchangedGhosts

(***************************** The system *****************************)

Work(p) ==
  \/ p \in Workers /\ (Look(p) \/ Place(p) \/ Examine(p) \/ Drop(p) \/ Hide(p) \/ Delete(p))
  \/ Send(p) \/ Put(p) \/ Free(p) \/ LatePlace(p)

Sweeping(t) == SweepExpire(t) \/ SweepReissue(t)

Next ==
  \/ \E p \in Procs : Work(p) \/ Crash(p)
  \/ \E w \in Workers : Report(w) \/ Heartbeat(w) \/ Repeat(w) \/ Die(w) \/ \E t \in Tasks : Receive(w, t)
  \/ Submit \/ Manage
  \/ \E t \in Tasks : Sweeping(t)
  \/ Deadline \/ PlaceTime \/ Lapse \/ Lose

Safe == Init /\ [][Next]_vars

(* What must go on for everything to end: processes, workers, the queue, the sweep, time. *)
Fair ==
  /\ \A p \in Procs : WF_vars(Work(p))
  /\ \A w \in Workers : WF_vars(Report(w)) /\ WF_vars(Repeat(w))
  /\ \A t \in Tasks : SF_vars(\E w \in Workers : Receive(w, t)) /\ SF_vars(Sweeping(t))
  /\ WF_vars(Deadline) /\ WF_vars(PlaceTime)

Lively == Safe /\ Fair

Symmetry == Permutations(Workers) \cup Permutations(Tasks)

(***************************** What must hold *****************************)

(* Every end that counts carries the token that is current at that moment. *)
TokensAreCurrent == ~wrong

(* No task is held by two leases that have not run out. *)
OneHolder == \A g, h \in live : g[1] = h[1] => g[2] = h[2]

(* No more tasks run than may. *)
LimitIsKept == Limit > 0 => Cardinality({t \in Tasks : tasks[t].lease # 0}) <= Limit

(* Each lease has its place: so nobody else can be given it. *)
LeasesHavePlaces ==
  Limit > 0 /\ Mutant \notin {"lease before place", "place by time", "free before end"} =>
    \A t \in Tasks : tasks[t].lease # 0 => places[t].lease = 1

AttemptsAreBounded == \A t \in Tasks : tasks[t].tries <= MaxAttempts

(* A task that is not over has a ticket of its generation. *)
HasTicket ==
  \A t \in Tasks : IsThere(tasks[t]) /\ ~IsEnd(tasks[t]) =>
    \/ \E k \in TicketsOf(t) : k.gen = Current
    \/ Mutant = "write before send" /\ \E p \in Procs : pc[p] = "send" /\ local[p].t = t

(* What is over is left by a retry only. *)
EndsAreFinal ==
  [][\A t \in Tasks : IsEnd(tasks[t]) /\ tasks'[t].state # tasks[t].state => tasks'[t].retries > tasks[t].retries]_vars

(* Once faults stop, everything that was submitted ends, and stays so. *)
Ends == <>[](\A t \in Tasks : IsThere(tasks[t]) => IsEnd(tasks[t]))
=============================================================================
