------------------------------- MODULE Sluice -------------------------------
(* Blocks, tickets and closings, as lib/ does them. One step is one call of a port, with the decision that follows   *)
(* it; README.md beside this file says which step is which function, and what is left out.                          *)
EXTENDS Integers, FiniteSets, TLC

CONSTANTS
  Workers,      \* who reserves and reports
  NBlocks, NSlots,
  FanOut,       \* blocks of a leaf of the closing tree
  MaxAttempts,
  MaxRestarts,
  Heartbeats,   \* TRUE: workers extend leases
  Endless,      \* TRUE: leases are held until reported
  Faults,       \* kinds of faults that happen: "crash", "die", "lapse", "lose", "giveup"
  MaxFaults,    \* how many of them in all; 0 = any number
  Mutant        \* a rule that is switched off, or "none"

Sweep == "sweep"
Manager == "manager"
Procs == Workers \cup {Sweep, Manager}
Blocks == 1..NBlocks
Slots == 1..NSlots
LeafOf(b) == (b - 1) \div FanOut + 1
Leaves == {LeafOf(b) : b \in Blocks}

(* A slot holds one of these, or the id of its lease, which is above 0. *)
Ready == 0
Wait == -1
Done == -2
Failed == -3

(* Times, as far as they are told apart: now, a time that comes, a time that never comes. *)
Now == 0
Later == 1
Never == 2

VARIABLES
  blocks,   \* the store's blocks
  tickets,  \* the queue: at most one ticket of a block and generation
  overdue,  \* <<block, lease>> whose deadline has passed
  over,     \* <<block, slot>> whose backoff is over
  leaf,     \* the tree's lower nodes: for each block its mark and life
  root,     \* its root: for each leaf whether it is complete
  project,  \* the project's record
  pc, local, \* what each process does
  held,     \* the tokens each worker was told
  live,     \* <<block, slot, lease>>: what workers believe they hold; only looked at
  wrong,    \* TRUE: a report was accepted whose token was not the current one; only looked at
  faults    \* faults so far

vars == <<blocks, tickets, overdue, over, leaf, root, project, pc, local, held, live, wrong, faults>>

(***************************** Pure rules: lib/domain *****************************)

IsEnd(mark) == mark = Done \/ mark = Failed
IsClosed(block) == \A s \in Slots : IsEnd(block.slots[s])
Standing(block) == {l \in block.leases : \E s \in Slots : block.slots[s] = l.id}

NewBlock == [slots |-> [s \in Slots |-> Ready], tries |-> [s \in Slots |-> 0], leases |-> {}, made |-> 0,
             wake |-> Now, life |-> 0, restart |-> 0]

(* wake.ts: nextWake *)
NextWake(block) ==
  IF \E s \in Slots : block.slots[s] = Ready THEN Now
  ELSE IF \E s \in Slots : block.slots[s] = Wait THEN Later
  ELSE IF block.leases # {} /\ ~Endless THEN Later ELSE Never

(* wake.ts: moveTicket; whether a ticket of the next generation must be sent *)
Moves(block) == NextWake(block) < block.wake
MoveTicket(block) == IF Moves(block) THEN [block EXCEPT !.wake = NextWake(block)] ELSE block

(* draft.ts: endWaits *)
EndWaits(b, block) ==
  [block EXCEPT !.slots = [s \in Slots |-> IF @[s] = Wait /\ <<b, s>> \in over THEN Ready ELSE @[s]]]

(* expire.ts: expireLeases *)
IsOverdue(b, block, mark) == mark > 0 /\ \E l \in block.leases : l.id = mark /\ <<b, mark>> \in overdue
Expire(b, block) ==
  LET lost(s) == IsOverdue(b, block, block.slots[s])
  IN [block EXCEPT
       !.slots = [s \in Slots |-> IF lost(s) THEN IF block.tries[s] + 1 < MaxAttempts THEN Ready ELSE Failed
                                  ELSE @[s]],
       !.tries = [s \in Slots |-> IF lost(s) THEN @[s] + 1 ELSE @[s]],
       !.leases = {l \in @ : <<b, l.id>> \notin overdue}]

(* reserve.ts: leaseSlots; the first `count` ready slots *)
ReadySlots(block) == {s \in Slots : block.slots[s] = Ready}
LeaseSlots(block, w, count) ==
  LET chosen == {s \in ReadySlots(block) : Cardinality({t \in ReadySlots(block) : t < s}) < count}
      id == block.made + 1
  IN IF chosen = {} THEN block
     ELSE [block EXCEPT !.slots = [s \in Slots |-> IF s \in chosen THEN id ELSE @[s]],
                        !.leases = @ \cup {[id |-> id, who |-> w]},
                        !.made = id]

(* report.ts: standingLease, the fence *)
Stands(block, t) ==
  IF Mutant = "no fence" THEN block.slots[t.s] > 0
  ELSE block.slots[t.s] = t.id /\ block.tries[t.s] + 1 = t.try

(* report.ts: settleSlots, for one report *)
Settle(block, t, verdict) ==
  LET again == verdict \in {"retry", "backoff"} /\ block.tries[t.s] + 1 < MaxAttempts
      settled == [block EXCEPT
        !.slots[t.s] = IF verdict = "done" THEN Done
                       ELSE IF ~again THEN Failed ELSE IF verdict = "retry" THEN Ready ELSE Wait,
        !.tries[t.s] = IF again THEN @ + 1 ELSE @]
  IN [settled EXCEPT !.leases = Standing(settled)]

(* restart.ts: restart *)
Selected(block, selection) ==
  {s \in Slots : IF selection = "failed" THEN block.slots[s] = Failed ELSE block.slots[s] \notin {Ready, Wait}}
Restart(block, selection) ==
  LET chosen == Selected(block, selection)
      reopened == [block EXCEPT !.slots = [s \in Slots |-> IF s \in chosen THEN Ready ELSE @[s]],
                                !.tries = [s \in Slots |-> IF s \in chosen THEN 0 ELSE @[s]],
                                !.wake = IF IsClosed(block) THEN Never ELSE @]
  IN [reopened EXCEPT !.leases = Standing(reopened)]

(***************************** The queue *****************************)

(* Generations are counted from the block's: a ticket is of an older one, the current one or the next one. *)
Older == -1
Current == 0
Next1 == 1
NoTicket == 9
Age(generation) == IF generation = NoTicket THEN NoTicket ELSE IF generation = Next1 THEN Current ELSE Older

Nobody == "nobody"
TicketsOf(b) == {t \in tickets : t.b = b}
(* A ticket is "visible", "taken" by its receiver, or hidden for "never". One that is hidden until a time that comes *)
(* is visible here: it may come up early. Tickets of one block and generation are kept as one, and no receipt of     *)
(* theirs counts: what stays is the other.                                                                          *)
Merge(queue) ==
  LET twins(t) == {u \in queue : u.b = t.b /\ u.gen = t.gen}
  IN {IF twins(t) = {t} THEN t
      ELSE [b |-> t.b, gen |-> t.gen, by |-> Nobody,
            st |-> IF \A u \in twins(t) : u.st = "never" THEN "never" ELSE "visible"] : t \in queue}
Sent(b, gen) == Merge(tickets \cup {[b |-> b, gen |-> gen, by |-> Nobody, st |-> "visible"]})
(* The block has moved to its next generation. *)
Aged(b) == Merge({[t EXCEPT !.gen = IF t.b = b THEN Age(@) ELSE @] : t \in tickets})
(* The ticket a process received; none when somebody received it since. *)
Receipt(p) == {t \in tickets : t.by = p}
PutBack(p, st) == (tickets \ Receipt(p)) \cup {[t EXCEPT !.st = st, !.by = Nobody] : t \in Receipt(p)}

(***************************** Processes *****************************)

(* What a process remembers between two calls. *)
Nothing == [
  b |-> 0, ticket |-> NoTicket,    \* the block it is at, and the generation of the ticket it received
  sends |-> NoTicket,              \* the generation of the ticket it sends before it writes
  new |-> NewBlock,                \* what it wants to write, or has found closed
  fresh |-> FALSE,                 \* nobody has written the block since it was read
  until |-> Now, then |-> "idle",  \* where its ticket goes, and what it does after the write
  told |-> {}, gain |-> {},        \* tokens the caller reported, and is about to be given
  restarts |-> 0, at |-> 0,        \* of the look at the end: the record's restarts, the next block
  number |-> 0, selection |-> "none", life |-> 0] \* of a restart; the life of the block it reopens

Init ==
  /\ blocks = [b \in Blocks |-> NewBlock]
  /\ tickets = {[b |-> b, gen |-> Current, st |-> "visible", by |-> Nobody] : b \in Blocks}
  /\ overdue = {} /\ over = {}
  /\ leaf = [b \in Blocks |-> [closed |-> FALSE, life |-> 0]]
  /\ root = [l \in Leaves |-> FALSE]
  /\ project = [state |-> "active", restarts |-> 0, restarting |-> "none"]
  /\ pc = [p \in Procs |-> "idle"]
  /\ local = [p \in Procs |-> Nothing]
  /\ held = [w \in Workers |-> {}]
  /\ live = {} /\ wrong = FALSE /\ faults = 0

Go(p, to, values) == pc' = [pc EXCEPT ![p] = to] /\ local' = [local EXCEPT ![p] = values]
(* The caller has its answer. *)
Answer(p) ==
  /\ Go(p, "idle", Nothing)
  /\ held' = IF p \in Workers THEN [held EXCEPT ![p] = (@ \ local[p].told) \cup local[p].gain] ELSE held
(* Goes on after a call: the end of a request is its answer. *)
GoOn(p, values) ==
  IF values.then = "idle" THEN Answer(p)
  ELSE Go(p, values.then, values) /\ UNCHANGED held

UnchangedTree == UNCHANGED <<leaf, root>>
UnchangedTime == UNCHANGED <<overdue, over>>
UnchangedGhosts == UNCHANGED <<live, wrong>>

Tokens(b, block, ids) ==
  {[b |-> b, s |-> s, id |-> block.slots[s], try |-> block.tries[s] + 1] : s \in {r \in Slots : block.slots[r] \in ids}}
TokensGained(b, old, new) == Tokens(b, new, {id \in 1..new.made : id > old.made})

(* change-block.ts: commitBlock. Decided: first a fresh ticket if one is needed, then the block. *)
Write(p, new, values) == Go(p, "put", [values EXCEPT !.new = new, !.fresh = TRUE])
SendAndWrite(p, new, values) ==
  Go(p, IF Mutant = "write before send" THEN "put" ELSE "send", [values EXCEPT !.new = new, !.fresh = TRUE, !.sends = Next1])
Commit(p, new, values) ==
  IF Moves(new) THEN SendAndWrite(p, MoveTicket(new), values) ELSE Write(p, new, values)

(* Who has read a block before another's write will lose the race, so that it matters no more what it would write. *)
Stale(values) ==
  [values EXCEPT !.fresh = FALSE, !.gain = {}, !.new = IF Mutant = "no compare-and-set" THEN @ ELSE [NewBlock EXCEPT !.wake = values.new.wake]]
(* What the processes remember once the block is written, and perhaps moved on to its next generation. *)
After(b, moved) ==
  [q \in Procs |->
    IF local[q].b # b THEN local[q]
    ELSE LET known == IF local[q].fresh THEN Stale(local[q]) ELSE local[q]
         IN IF moved THEN [known EXCEPT !.ticket = Age(@), !.sends = Age(@)] ELSE known]

(* report.ts, advance.ts: a report, and perhaps more of the same block. A refusal ends the request. *)
Report(w) ==
  /\ pc[w] = "idle"
  /\ \E t \in held[w], verdict \in {"done", "failed", "retry", "backoff"}, more \in 0..1 :
       LET old == blocks[t.b]
           block == EndWaits(t.b, old)
           settled == Settle(block, t, verdict)
           new == IF more = 0 \/ project.state # "active" THEN settled ELSE LeaseSlots(Expire(t.b, settled), w, more)
       IN IF Stands(block, t)
          THEN /\ Commit(w, new, [Nothing EXCEPT !.b = t.b, !.told = {t}, !.gain = TokensGained(t.b, old, new)])
               /\ UNCHANGED held
          ELSE /\ held' = [held EXCEPT ![w] = @ \ {t}]
               /\ UNCHANGED <<pc, local>>
  /\ UNCHANGED <<blocks, tickets, project, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* heartbeat.ts: one read and one write, that change no ticket *)
Heartbeat(w) ==
  /\ Heartbeats /\ pc[w] = "idle"
  /\ \E t \in held[w] :
       /\ \E l \in blocks[t.b].leases : l.id = t.id
       /\ local' = After(t.b, FALSE)
       /\ overdue' = overdue \ {<<t.b, t.id>>}
       /\ live' = live \cup {<<t.b, s, t.id>> : s \in {r \in Slots : blocks[t.b].slots[r] = t.id}}
  /\ UNCHANGED <<blocks, tickets, over, project, pc, held, wrong, faults>> /\ UnchangedTree

(* take.ts: takenBefore; a repeated request is given what the lost answer held *)
Repeat(w) ==
  /\ pc[w] = "idle" /\ held[w] = {}
  /\ \E b \in Blocks : \E l \in blocks[b].leases :
       /\ l.who = w
       /\ held' = [held EXCEPT ![w] = Tokens(b, blocks[b], {l.id})]
  /\ UNCHANGED <<blocks, tickets, project, pc, local, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* take.ts: takeByTickets, receive *)
Receive(w, b) ==
  /\ pc[w] = "idle" /\ held[w] = {} /\ project.state = "active"
  /\ \E t \in TicketsOf(b) :
       /\ t.st = "visible"
       /\ tickets' = (tickets \ {t}) \cup {[t EXCEPT !.st = "taken", !.by = w]}
       /\ Go(w, "look", [Nothing EXCEPT !.b = b, !.ticket = t.gen])
  /\ UNCHANGED <<blocks, project, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

IsOnItsWay(b) == \E q \in Procs : pc[q] \in {"send", "put"} /\ local[q].b = b /\ local[q].sends = Next1

Fault(kind) ==
  /\ kind \in Faults
  /\ IF MaxFaults = 0 THEN UNCHANGED faults ELSE faults < MaxFaults /\ faults' = faults + 1

(* take.ts: takeFromTicket, from the read of the block on *)
Look(w) ==
  /\ pc[w] = "look"
  /\ LET b == local[w].b
         ticket == local[w].ticket
         old == blocks[b]
         base == [Nothing EXCEPT !.b = b, !.ticket = ticket]
     IN IF ticket = Next1
        THEN IF IsOnItsWay(b)
             THEN \/ Go(w, "hide", [base EXCEPT !.until = Later]) /\ UNCHANGED faults
                  \/ Go(w, "delete", base) /\ Fault("giveup")
             ELSE Go(w, "delete", base) /\ UNCHANGED faults
        ELSE IF IsClosed(old)
        THEN /\ IF Mutant = "delete before closing" THEN Go(w, "delete", [base EXCEPT !.new = old, !.then = "leaf"])
                ELSE Go(w, "leaf", [base EXCEPT !.new = old, !.then = "delete"])
             /\ UNCHANGED faults
        ELSE \E count \in 1..NSlots :
             LET new == LeaseSlots(Expire(b, EndWaits(b, old)), w, count)
                 known == [base EXCEPT !.gain = TokensGained(b, old, new)]
                 wake == NextWake(new)
             IN /\ count > 1 => Cardinality(ReadySlots(Expire(b, EndWaits(b, old)))) >= count
                /\ UNCHANGED faults
                /\ IF ticket = Older
                   THEN IF new = old THEN Go(w, "delete", base) ELSE Commit(w, new, [known EXCEPT !.then = "delete"])
                   ELSE IF [new EXCEPT !.wake = wake] = old THEN Go(w, "hide", [base EXCEPT !.until = wake])
                   ELSE Write(w, [new EXCEPT !.wake = wake],
                          [known EXCEPT !.until = wake, !.then = IF IsClosed(new) THEN "delete" ELSE "hide"])
  /\ UNCHANGED <<blocks, tickets, project, held>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

Send(p) ==
  /\ pc[p] = "send"
  /\ tickets' = Sent(local[p].b, local[p].sends)
  /\ IF Mutant = "write before send" THEN GoOn(p, [local[p] EXCEPT !.new = NewBlock])
     ELSE Go(p, "put", local[p]) /\ UNCHANGED held
  /\ UNCHANGED <<blocks, project, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* blocks.ts: writeBlock, and what follows: record a closing, go on, or read again after a lost race *)
Put(p) ==
  /\ pc[p] = "put"
  /\ LET b == local[p].b
         new == local[p].new
         old == blocks[b]
         then == local[p].then
         moves == local[p].sends # NoTicket
         values == [local[p] EXCEPT !.fresh = FALSE, !.sends = NoTicket, !.ticket = IF moves THEN Age(@) ELSE @, !.new = IF IsClosed(new) THEN new ELSE NewBlock]
         lost == IF local[p].ticket # NoTicket THEN "look" ELSE IF local[p].number > 0 THEN "job" ELSE "idle"
         next == IF ~(local[p].fresh \/ Mutant = "no compare-and-set") THEN lost
                 ELSE IF Mutant = "write before send" /\ local[p].sends # NoTicket THEN "send"
                 ELSE IF IsClosed(new) THEN "leaf" ELSE then
         settled == {s \in Slots : \E t \in local[p].told : t.s = s}
         isVoid(g) == g[1] = b /\ (g[2] \in settled \/ (new.restart > old.restart /\ new.slots[g[2]] # g[3]))
     IN /\ pc' = [pc EXCEPT ![p] = next]
        /\ IF local[p].fresh \/ Mutant = "no compare-and-set"
           THEN /\ blocks' = [blocks EXCEPT ![b] = new]
                /\ overdue' = {o \in overdue : o[1] # b \/ \E l \in new.leases : l.id = o[2]}
                /\ over' = {o \in over : o[1] # b \/ new.slots[o[2]] = Wait}
                /\ live' = {g \in live : ~isVoid(g)} \cup {<<b, t.s, t.id>> : t \in local[p].gain}
                /\ wrong' = (wrong \/ \E t \in local[p].told : old.slots[t.s] # t.id)
                /\ tickets' = IF moves THEN Aged(b) ELSE tickets
                /\ local' = [After(b, moves) EXCEPT ![p] =
                     IF next = "send" THEN [local[p] EXCEPT !.sends = Current] ELSE IF next = "idle" THEN Nothing ELSE values]
                /\ held' = IF next = "idle" /\ p \in Workers THEN [held EXCEPT ![p] = (@ \ local[p].told) \cup local[p].gain] ELSE held
           ELSE /\ UNCHANGED <<blocks, tickets, overdue, over, live, wrong, held>>
                /\ local' = [local EXCEPT ![p] =
                     CASE lost = "look" -> [Nothing EXCEPT !.b = b, !.ticket = local[p].ticket]
                       [] lost = "job" -> [Nothing EXCEPT !.number = local[p].number, !.selection = local[p].selection, !.at = b]
                       [] OTHER -> Nothing]
  /\ UNCHANGED <<project, faults>> /\ UnchangedTree

Hide(w) ==
  /\ pc[w] = "hide"
  /\ tickets' = PutBack(w, IF local[w].until = Never THEN "never" ELSE "visible")
  /\ Answer(w)
  /\ UNCHANGED <<blocks, project, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

Delete(w) ==
  /\ pc[w] = "delete"
  /\ tickets' = tickets \ Receipt(w)
  /\ IF local[w].then = "leaf"
     THEN Go(w, "leaf", [local[w] EXCEPT !.then = "idle"]) /\ UNCHANGED held
     ELSE Answer(w)
  /\ UNCHANGED <<blocks, project, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(***************************** Closing: lib/dispatch/close.ts *****************************)

Recorded(p) == GoOn(p, [local[p] EXCEPT !.new = NewBlock])

(* recordClosed, the block's own node *)
CloseLeaf(p) ==
  /\ pc[p] = "leaf"
  /\ LET b == local[p].b
         isOurs == leaf[b].life = local[p].new.life \/ Mutant = "no lives"
         next == IF isOurs THEN [leaf EXCEPT ![b].closed = TRUE] ELSE leaf
     IN /\ leaf' = next
        /\ IF \A c \in Blocks : LeafOf(c) = LeafOf(b) => next[c].closed
           THEN Go(p, "root", [local[p] EXCEPT !.new = NewBlock]) /\ UNCHANGED held
           ELSE Recorded(p)
  /\ UNCHANGED <<blocks, tickets, root, project, faults>> /\ UnchangedTime /\ UnchangedGhosts

(* recordClosed, the node above *)
CloseRoot(p) ==
  /\ pc[p] = "root"
  /\ LET next == [root EXCEPT ![LeafOf(local[p].b)] = TRUE]
     IN /\ root' = next
        /\ IF \A l \in Leaves : next[l] THEN Go(p, "ending", local[p]) /\ UNCHANGED held ELSE Recorded(p)
  /\ UNCHANGED <<blocks, tickets, leaf, project, faults>> /\ UnchangedTime /\ UnchangedGhosts

(* endProject, the read of the record *)
Ending(p) ==
  /\ pc[p] = "ending"
  /\ IF project.state # "active" \/ project.restarting # "none" THEN Recorded(p)
     ELSE Go(p, "count", [local[p] EXCEPT !.restarts = project.restarts, !.at = 1]) /\ UNCHANGED held
  /\ UNCHANGED <<blocks, tickets, project, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* endProject, the count: one block after the other *)
Count(p) ==
  /\ pc[p] = "count"
  /\ IF ~IsClosed(blocks[local[p].at]) THEN Recorded(p)
     ELSE /\ Go(p, IF local[p].at = NBlocks THEN "end" ELSE "count", [local[p] EXCEPT !.at = @ + 1])
          /\ UNCHANGED held
  /\ UNCHANGED <<blocks, tickets, project, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* endProject, the move of the record *)
End(p) ==
  /\ pc[p] = "end"
  /\ project' = IF project.state = "active" /\ (project.restarts = local[p].restarts \/ Mutant = "no epoch")
                THEN [project EXCEPT !.state = "ended"] ELSE project
  /\ Recorded(p)
  /\ UNCHANGED <<blocks, tickets, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(***************************** Restart: lib/dispatch/restart-project.ts *****************************)

(* restartProject: the record first *)
BeginRestart ==
  /\ pc[Manager] = "idle" /\ project.restarts < MaxRestarts /\ project.restarting = "none"
  /\ \E selection \in {"all", "failed"} :
       /\ project' = [state |-> "active", restarts |-> project.restarts + 1, restarting |-> selection]
       /\ Go(Manager, "job", [Nothing EXCEPT !.number = project.restarts + 1, !.selection = selection, !.at = 1])
  /\ UNCHANGED <<blocks, tickets, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* restartJob: restartBlock of one block after the other *)
Job(p) ==
  /\ pc[p] = "job"
  /\ LET b == local[p].at
         old == blocks[b]
         block == EndWaits(b, old)
         isSelected == Selected(block, local[p].selection) # {}
         new == [(IF isSelected THEN Restart(block, local[p].selection) ELSE old) EXCEPT !.restart = local[p].number]
         values == [local[p] EXCEPT !.b = b, !.at = b + 1, !.then = "job"]
     IN IF b > NBlocks THEN Go(p, "clear", [Nothing EXCEPT !.number = local[p].number])
        ELSE IF old.restart >= local[p].number THEN Go(p, "job", [local[p] EXCEPT !.at = b + 1])
        ELSE IF isSelected /\ IsClosed(old) THEN Go(p, "reopen leaf", [values EXCEPT !.new = MoveTicket(new), !.fresh = TRUE, !.sends = Next1, !.life = old.life])
        ELSE Commit(p, new, values)
  /\ UNCHANGED <<blocks, tickets, project, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* recordReopened: from the life the block is in to the next one, once *)
ReopenLeaf(p) ==
  /\ pc[p] = "reopen leaf"
  /\ LET b == local[p].b
         isNext == IF Mutant = "reopened by state" THEN leaf[b].closed ELSE leaf[b].life = local[p].life
         next == IF isNext THEN [closed |-> FALSE, life |-> leaf[b].life + 1] ELSE leaf[b]
         values == [local[p] EXCEPT !.life = 0, !.new.life = IF local[p].fresh THEN next.life ELSE @]
     IN /\ leaf' = [leaf EXCEPT ![b] = next]
        /\ Go(p, IF next.closed THEN "send" ELSE "reopen root", values)
  /\ UNCHANGED <<blocks, tickets, root, project, held, faults>> /\ UnchangedTime /\ UnchangedGhosts

ReopenRoot(p) ==
  /\ pc[p] = "reopen root"
  /\ root' = [root EXCEPT ![LeafOf(local[p].b)] = FALSE]
  /\ Go(p, IF Mutant = "write before send" THEN "put" ELSE "send", local[p])
  /\ UNCHANGED <<blocks, tickets, leaf, project, held, faults>> /\ UnchangedTime /\ UnchangedGhosts

(* restartJob: the record last, then a look at the end *)
Clear(p) ==
  /\ pc[p] = "clear"
  /\ project' = IF project.restarts = local[p].number THEN [project EXCEPT !.restarting = "none"] ELSE project
  /\ Go(p, "ending", Nothing)
  /\ UNCHANGED <<blocks, tickets, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(***************************** The sweep: lib/dispatch/sweep.ts *****************************)

SweepJob ==
  /\ pc[Sweep] = "idle" /\ project.state = "active" /\ project.restarting # "none"
  /\ Go(Sweep, "job", [Nothing EXCEPT !.number = project.restarts, !.selection = project.restarting, !.at = 1])
  /\ UNCHANGED <<blocks, tickets, project, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

IsSweeping == pc[Sweep] = "idle" /\ project.state = "active" /\ project.restarting = "none"
(* sweepBlocks: groups that are recorded as closed are passed over *)
IsSwept(b) == IsSweeping /\ \E c \in Blocks : LeafOf(c) = LeafOf(b) /\ ~leaf[c].closed

(* expireBlock *)
SweepExpire(b) ==
  /\ IsSwept(b)
  /\ \E l \in blocks[b].leases : <<b, l.id>> \in overdue
  /\ Commit(Sweep, Expire(b, EndWaits(b, blocks[b])), [Nothing EXCEPT !.b = b])
  /\ UNCHANGED <<blocks, tickets, project, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* reissueTicket: what has something to do and no ticket to say so *)
SweepReissue(b) ==
  /\ IsSwept(b) /\ ~IsClosed(blocks[b])
  /\ NextWake(EndWaits(b, blocks[b])) = Now
  /\ \A t \in TicketsOf(b) : t.gen = Older
  /\ SendAndWrite(Sweep, [blocks[b] EXCEPT !.wake = Now], [Nothing EXCEPT !.b = b])
  /\ UNCHANGED <<blocks, tickets, project, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* recordUnlessKnown *)
SweepClosed(b) ==
  /\ Mutant # "closings not swept"
  /\ IsSwept(b) /\ IsClosed(blocks[b]) /\ ~leaf[b].closed
  /\ Go(Sweep, "leaf", [Nothing EXCEPT !.b = b, !.new = blocks[b]])
  /\ UNCHANGED <<blocks, tickets, project, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* sweepBlocks: all groups are recorded as closed *)
SweepEnd ==
  /\ Mutant # "closings not swept"
  /\ IsSweeping /\ \A b \in Blocks : leaf[b].closed
  /\ Go(Sweep, "ending", Nothing)
  /\ UNCHANGED <<blocks, tickets, project, held, faults>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(***************************** Time *****************************)

Deadline ==
  /\ ~Endless
  /\ \E b \in Blocks : \E l \in blocks[b].leases :
       /\ <<b, l.id>> \notin overdue
       /\ overdue' = overdue \cup {<<b, l.id>>}
       /\ live' = {g \in live : ~(g[1] = b /\ g[3] = l.id)}
  /\ UNCHANGED <<blocks, tickets, over, project, pc, local, held, wrong, faults>> /\ UnchangedTree

Backoff ==
  /\ \E b \in Blocks, s \in Slots :
       /\ blocks[b].slots[s] = Wait /\ <<b, s>> \notin over
       /\ over' = over \cup {<<b, s>>}
  /\ UNCHANGED <<blocks, tickets, overdue, project, pc, local, held, live, wrong, faults>> /\ UnchangedTree

(***************************** Faults *****************************)

(* A process ends between two calls, or the answer to a call, applied or not, is lost. Its ticket comes up again. *)
Crash(p) ==
  /\ pc[p] # "idle" /\ Fault("crash")
  /\ Go(p, "idle", Nothing)
  /\ tickets' = PutBack(p, "visible")
  /\ UNCHANGED <<blocks, project, held>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* A worker ends and forgets what it holds. *)
Die(w) ==
  /\ ~Endless /\ held[w] # {} /\ Fault("die")
  /\ held' = [held EXCEPT ![w] = {}]
  /\ UNCHANGED <<blocks, tickets, project, pc, local>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(* A ticket comes up while its receiver is still at it, or is delivered to somebody else as well. *)
Lapse ==
  /\ \E t \in tickets :
       /\ t.st = "taken" /\ Fault("lapse")
       /\ tickets' = (tickets \ {t}) \cup {[t EXCEPT !.st = "visible", !.by = Nobody]}
  /\ UNCHANGED <<blocks, project, pc, local, held>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

Lose ==
  /\ \E t \in tickets : Fault("lose") /\ tickets' = tickets \ {t}
  /\ UNCHANGED <<blocks, project, pc, local, held>> /\ UnchangedTree /\ UnchangedTime /\ UnchangedGhosts

(***************************** The system *****************************)

Work(p) ==
  \/ p \in Workers /\ (Look(p) \/ Hide(p) \/ Delete(p))
  \/ Send(p) \/ Put(p)
  \/ CloseLeaf(p) \/ CloseRoot(p) \/ Ending(p) \/ Count(p) \/ End(p)
  \/ p \notin Workers /\ (Job(p) \/ ReopenLeaf(p) \/ ReopenRoot(p) \/ Clear(p))

Sweeping(b) == SweepExpire(b) \/ SweepReissue(b) \/ SweepClosed(b)

Next ==
  \/ \E p \in Procs : Work(p) \/ Crash(p)
  \/ \E w \in Workers : Report(w) \/ Heartbeat(w) \/ Repeat(w) \/ Die(w) \/ \E b \in Blocks : Receive(w, b)
  \/ BeginRestart \/ SweepJob \/ SweepEnd
  \/ \E b \in Blocks : Sweeping(b)
  \/ Deadline \/ Backoff \/ Lapse \/ Lose

Safe == Init /\ [][Next]_vars

(* What must go on for everything to end: processes, workers, the queue, the sweep, time. *)
Fair ==
  /\ \A p \in Procs : WF_vars(Work(p))
  /\ \A w \in Workers : WF_vars(Report(w)) /\ WF_vars(Repeat(w))
  /\ \A b \in Blocks : SF_vars(\E w \in Workers : Receive(w, b)) /\ SF_vars(Sweeping(b))
  /\ SF_vars(SweepJob) /\ SF_vars(SweepEnd)
  /\ WF_vars(Deadline) /\ WF_vars(Backoff)

Lively == Safe /\ Fair

Symmetry == Permutations(Workers)

(***************************** What must hold *****************************)

(* Every report that counts carries the token that is current at that moment. *)
TokensAreCurrent == ~wrong

(* No slot is held by two leases that have not run out. *)
OneHolder == \A g, h \in live : g[1] = h[1] /\ g[2] = h[2] => g[3] = h[3]

AttemptsAreBounded ==
  \A b \in Blocks, s \in Slots :
    blocks[b].tries[s] + (IF blocks[b].slots[s] > 0 THEN 1 ELSE 0) <= MaxAttempts

(* A project has ended only when all its files have. *)
EndIsTrue == project.state = "ended" => \A b \in Blocks : IsClosed(blocks[b])

(* An open block has a ticket of its generation; and if time alone makes it ready, one that comes up. *)
HasTicket ==
  \A b \in Blocks : ~IsClosed(blocks[b]) =>
    \/ \E t \in TicketsOf(b) : t.gen = Current /\ (NextWake(blocks[b]) = Never \/ t.st # "never")
    \/ Mutant = "write before send" /\ \E p \in Procs : pc[p] = "send" /\ local[p].b = b

(* What the tree says of a block is true, or of a former life: so the sweep may pass closed groups over, and will take  *)
(* the closing of every other block.                                                                                *)
TreeIsTrue ==
  \A b \in Blocks :
    /\ leaf[b].closed => leaf[b].life = blocks[b].life /\ IsClosed(blocks[b])
    /\ project.restarting = "none" => leaf[b].life = blocks[b].life

(* While a restart is not over, or somebody is on the way to the end, or a ticket brings somebody, no end is missed. *)
EndInSight ==
  (\A b \in Blocks : IsClosed(blocks[b])) =>
    \/ project.state = "ended" \/ project.restarting # "none"
    \/ tickets # {}
    \/ \E p \in Procs : pc[p] \in {"leaf", "root", "ending", "count", "end"}

(* Done and failed are left by a restart only. *)
EndsAreFinal ==
  [][\A b \in Blocks, s \in Slots :
       IsEnd(blocks[b].slots[s]) /\ blocks'[b].slots[s] # blocks[b].slots[s] =>
         blocks'[b].restart > blocks[b].restart]_vars

(* Once faults stop, everything ends, and stays so. *)
Ends == <>[](project.state = "ended")
=============================================================================
