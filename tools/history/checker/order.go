package main

import (
	"fmt"
	"sort"
)

// inOrder takes operations sorted by invocation and reports each that is not `before`-greater than all those that had
// returned when it was invoked; of those it names the greatest.
func inOrder(operations []*Operation, before func(a, b *Operation) bool, report func(earlier, later *Operation)) {
	byReturn := append([]*Operation{}, operations...)
	sort.SliceStable(byReturn, func(a, b int) bool { return byReturn[a].ReturnedNs < byReturn[b].ReturnedNs })
	var greatest *Operation
	returned := 0
	for _, o := range operations {
		for ; returned < len(byReturn) && byReturn[returned].ReturnedNs < o.InvokedNs; returned++ {
			if greatest == nil || before(greatest, byReturn[returned]) {
				greatest = byReturn[returned]
			}
		}
		if greatest != nil && !before(greatest, o) {
			report(greatest, o)
		}
	}
}

// checkTransactionOrder: writes are linearizable across all znodes, so of two writes one after the other the later one
// has the higher transaction id, whichever znodes they changed.
func checkTransactionOrder(operations []*Operation) (problems []string) {
	writes := []*Operation{}
	for _, o := range operations {
		if o.isWrite() && o.Outcome == outcomeOk && o.Mzxid != "" {
			writes = append(writes, o)
		}
	}
	inOrder(writes, func(earlier, later *Operation) bool { return earlier.Mzxid < later.Mzxid },
		func(earlier, later *Operation) {
			problems = append(problems, fmt.Sprintf("%s is transaction %s, and %s before it was %s already",
				later, later.Mzxid, earlier, earlier.Mzxid))
		})
	return problems
}

// state of a register as one answer showed it.
type sighting struct {
	version int
	value   string
	mzxid   string
	by      *Operation
}

func sightingOf(o *Operation) (sighting, bool) {
	switch {
	case o.saw():
		return sighting{o.Version, o.ReadValue, o.Mzxid, o}, true
	case (o.Kind == kindCas || o.Kind == kindWrite) && o.Outcome == outcomeOk:
		return sighting{o.Version, o.Value, o.Mzxid, o}, true
	case o.Kind == kindCreate && o.Outcome == outcomeOk:
		return sighting{0, o.Value, "", o}, true
	}
	return sighting{}, false
}

// timelineOf gives the versions of one register in their order and reports where two answers contradict each other:
// two servers that both think they lead show the same version with different contents.
func timelineOf(path string, operations []*Operation) (timeline []sighting, problems []string) {
	byVersion := map[int]sighting{}
	for _, o := range operations {
		seen, ok := sightingOf(o)
		if !ok {
			continue
		}
		known, isKnown := byVersion[seen.version]
		if isKnown && (known.value != seen.value || (known.mzxid != "" && seen.mzxid != "" && known.mzxid != seen.mzxid)) {
			problems = append(problems, fmt.Sprintf("version %d of %s is %q (transaction %s) for %s and %q (transaction %s) for %s",
				seen.version, path, known.value, known.mzxid, known.by, seen.value, seen.mzxid, seen.by))
		}
		if !isKnown || known.mzxid == "" {
			byVersion[seen.version] = seen
		}
	}
	for _, seen := range byVersion {
		if seen.mzxid != "" {
			timeline = append(timeline, seen)
		}
	}
	sort.Slice(timeline, func(a, b int) bool { return timeline[a].version < timeline[b].version })
	for index := 1; index < len(timeline); index++ {
		if timeline[index-1].mzxid >= timeline[index].mzxid {
			problems = append(problems, fmt.Sprintf("version %d of %s has transaction %s, and version %d before it %s",
				timeline[index].version, path, timeline[index].mzxid, timeline[index-1].version, timeline[index-1].mzxid))
		}
	}
	return timeline, problems
}
