package main

import (
	"fmt"
	"math"
	"time"

	"github.com/anishathalye/porcupine"
)

// register is the state of a znode; ended says that everything known has happened.
type register struct {
	exists  bool
	version int
	value   string
	ended   bool
}

// kindEnd marks the moment after which a write with an unknown outcome may be taken for one that never had its effect.
// Without it every such write would be tried as "never" in every place, and k of them would cost 2^k.
const kindEnd = "end"

// rules are what is known about a register before the search for an order begins.
type rules struct {
	// Versions that a known write made: no write with an unknown outcome made them as well.
	taken map[int]bool
	// The highest version that anything in the history can depend on.
	ceiling int
}

func rulesOf(operations []*Operation, last *Operation) rules {
	known := rules{taken: map[int]bool{}, ceiling: math.MaxInt32}
	isLast := true
	for _, o := range operations {
		if o.isWrite() && o.Outcome == outcomeOk {
			known.taken[o.Version] = true
		}
		isLast = isLast && (o == last || o.Outcome == outcomeUnknown || o.ReturnedNs < last.InvokedNs)
	}
	if isLast && last.Outcome == outcomeOk {
		known.ceiling = last.Version
	}
	return known
}

func (r rules) model() porcupine.Model {
	return porcupine.Model{
		Init: func() interface{} { return register{} },
		Step: func(state, input, _ interface{}) (bool, interface{}) {
			return r.step(state.(register), input.(*Operation))
		},
	}
}

func (r rules) step(now register, o *Operation) (bool, register) {
	switch {
	case o.Kind == kindEnd:
		now.ended = true
		return true, now
	case o.Outcome == outcomeFailed:
		return failsOn(now, o), now
	case o.Kind == kindReadOut:
		return now.exists && now.version == o.Version && now.value == o.ReadValue, now
	case o.Outcome == outcomeUnknown && now.ended:
		return true, now
	}
	next := register{exists: true, version: now.version + 1, value: o.Value}
	isPossible := now.exists
	switch o.Kind {
	case kindCreate:
		isPossible, next.version = !now.exists, 0
	case kindCas:
		isPossible = now.exists && now.version == o.Expected
	}
	if o.Outcome == outcomeOk {
		return isPossible && o.Version == next.version, next
	}
	return isPossible && !r.taken[next.version] && next.version <= r.ceiling, next
}

func failsOn(now register, o *Operation) bool {
	switch o.Error {
	case errorNodeExists:
		return now.exists
	case errorNoNode:
		return !now.exists
	default:
		return now.exists && now.version != o.Expected
	}
}

// To say that there is no order at all takes a search through all of them, which with many unknown outcomes may not end.
// Where the history is known to be illegal already, it is only worth a short one.
const shortLimit = 5 * time.Second

func checkRegister(path string, operations []*Operation, limit time.Duration, isLegalSoFar bool) (problems, lost []string) {
	last := readOutOf(operations)
	if last == nil {
		return []string{fmt.Sprintf("%s was never read out at the end: nothing is known about what is left", path)}, nil
	}
	operations, problems = settle(operations)
	for _, o := range operations {
		if isAcknowledged(o) && isGone(o, last) {
			lost = append(lost, fmt.Sprintf("%s, acknowledged as version %d, is not in the final state", o, o.Version))
		}
	}
	if limit > shortLimit && !(isLegalSoFar && len(problems)+len(lost) == 0) {
		limit = shortLimit
	}
	problems = append(problems, linearize(path, operations, rulesOf(operations, last).model(), limit)...)
	return problems, lost
}

func isAcknowledged(o *Operation) bool { return o.isWrite() && o.Outcome == outcomeOk }

func isGone(o, last *Operation) bool {
	if last.Outcome != outcomeOk || last.Version < o.Version {
		return true
	}
	return last.Version == o.Version && last.ReadValue != o.Value
}

func readOutOf(operations []*Operation) *Operation {
	for index := len(operations) - 1; index >= 0; index-- {
		if operations[index].Kind == kindReadOut && operations[index].Outcome != outcomeUnknown {
			return operations[index]
		}
	}
	return nil
}

// settle compares what was seen with what was written. A write with an unknown outcome whose value somebody saw did
// happen, before it was first seen to be there: from then on it is checked like an acknowledged one.
func settle(operations []*Operation) (settled []*Operation, problems []string) {
	writers := map[string]*Operation{}
	for _, o := range operations {
		if o.isWrite() {
			if other := writers[o.Value]; other != nil {
				problems = append(problems, fmt.Sprintf("%s and %s carry the same value", other, o))
			}
			own := *o
			if own.Kind == kindCreate {
				own.Version = 0
			}
			o = &own
			writers[o.Value] = o
		}
		settled = append(settled, o)
	}
	for _, o := range settled {
		if o.saw() {
			problems = append(problems, sight(o, writers[o.ReadValue])...)
		}
	}
	return settled, problems
}

func sight(seen, writer *Operation) []string {
	switch {
	case writer == nil:
		return []string{fmt.Sprintf("%s shows %q, which was never written", seen, seen.ReadValue)}
	case writer.Outcome == outcomeFailed:
		return []string{fmt.Sprintf("%s shows the value of %s, which failed with %s", seen, writer, writer.Error)}
	case writer.InvokedNs > seen.ReturnedNs:
		return []string{fmt.Sprintf("%s shows the value of %s before it was written", seen, writer)}
	case writer.Outcome == outcomeOk && writer.Version != seen.Version:
		return []string{fmt.Sprintf("%s shows the value of %s as version %d instead of %d",
			seen, writer, seen.Version, writer.Version)}
	case writer.Outcome == outcomeUnknown:
		writer.Outcome, writer.Version, writer.ReturnedNs = outcomeOk, seen.Version, seen.ReturnedNs
	case writer.ReturnedNs > seen.ReturnedNs:
		writer.ReturnedNs = seen.ReturnedNs // it had happened by then, whenever its client was told
	}
	return nil
}

func linearize(path string, operations []*Operation, model porcupine.Model, limit time.Duration) []string {
	const endNs, neverNs = math.MaxInt64 - 1, math.MaxInt64
	history := []porcupine.Operation{}
	for index, o := range operations {
		if o.Kind == kindRead || (o.Kind == kindReadOut && o.Outcome == outcomeUnknown) {
			continue
		}
		returnedNs := o.ReturnedNs
		if o.Outcome == outcomeUnknown {
			returnedNs = neverNs
		}
		history = append(history, porcupine.Operation{ClientId: index, Input: o, Call: o.InvokedNs, Return: returnedNs})
	}
	end := &Operation{Kind: kindEnd}
	history = append(history, porcupine.Operation{ClientId: len(operations), Input: end, Call: endNs, Return: endNs})
	switch porcupine.CheckOperationsTimeout(model, history, limit) {
	case porcupine.Ok:
		return nil
	case porcupine.Illegal:
		return []string{fmt.Sprintf("%s is not linearizable%s", path, whereItBreaks(history, model, limit))}
	default:
		return []string{fmt.Sprintf("%s: undecided after %s: give -limit more time", path, limit)}
	}
}

// whereItBreaks names the earliest answer that has no place after the longest order that could be found.
func whereItBreaks(history []porcupine.Operation, model porcupine.Model, limit time.Duration) string {
	_, info := porcupine.CheckOperationsVerbose(model, history, limit)
	var longest []porcupine.Operation
	for _, partition := range info.PartialLinearizationsOperations() {
		for _, order := range partition {
			if len(order) > len(longest) {
				longest = order
			}
		}
	}
	placed := map[*Operation]bool{}
	for _, entry := range longest {
		placed[entry.Input.(*Operation)] = true
	}
	var first *porcupine.Operation
	for index := range history {
		if !placed[history[index].Input.(*Operation)] && (first == nil || history[index].Return < first.Return) {
			first = &history[index]
		}
	}
	if first == nil || first.Input.(*Operation).Kind == kindEnd {
		return ""
	}
	return fmt.Sprintf(": no order of its operations explains %s", first.Input)
}
