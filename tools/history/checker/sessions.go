package main

import (
	"fmt"
	"sort"
)

const absent = -1

// view is what one session has been shown: it must never see less again, whichever servers it is connected to.
type view struct {
	floor map[string]int // the newest version seen of each register
	mzxid string         // the newest transaction seen of any register
}

// checkSessions holds plain reads to what ZooKeeper promises of them: sequential consistency. A session may read old
// values, but it never goes back in time and it reads its own writes. As all registers share one order of transactions,
// whoever has seen transaction z in one register has to see everything up to z in the others.
func checkSessions(operations []*Operation, registers map[string][]*Operation) (problems []string) {
	timelines := map[string][]sighting{}
	for _, path := range sortedKeys(registers) {
		timeline, contradictions := timelineOf(path, registers[path])
		timelines[path] = timeline
		problems = append(problems, contradictions...)
	}
	views := map[string]*view{}
	for _, o := range operations {
		if _, isRegister := registers[o.Path]; !isRegister || o.Outcome == outcomeUnknown {
			continue
		}
		if views[o.Session] == nil {
			views[o.Session] = &view{floor: map[string]int{}}
		}
		problems = append(problems, views[o.Session].look(o, timelines[o.Path])...)
	}
	return problems
}

func (v *view) look(o *Operation, timeline []sighting) []string {
	floor, isKnown := v.floor[o.Path]
	if !isKnown {
		floor = absent
	}
	shown := shownBy(o, floor)
	if shown < floor {
		return []string{fmt.Sprintf("session %s went back: %s shows %s after it had seen version %d",
			o.Session, o, versionName(shown), floor)}
	}
	v.floor[o.Path] = shown
	isRead := o.Kind == kindRead || o.Kind == kindReadOut
	if isRead && shown < due(timeline, v.mzxid) {
		return []string{fmt.Sprintf("session %s went back: %s shows %s, and it had seen transaction %s, which comes after version %d",
			o.Session, o, versionName(shown), v.mzxid, due(timeline, v.mzxid))}
	}
	if o.Outcome == outcomeOk && o.Mzxid > v.mzxid {
		v.mzxid = o.Mzxid
	}
	return nil
}

// shownBy is the oldest version that the register can have had when the answer was given.
func shownBy(o *Operation, floor int) int {
	if o.Outcome == outcomeOk {
		if o.Kind == kindCreate {
			return 0
		}
		return o.Version
	}
	switch {
	case o.Error == errorNoNode:
		return absent
	case o.Error == errorBadVersion && floor == o.Expected:
		return floor + 1
	case floor == absent:
		return 0
	}
	return floor
}

// due is the newest version known to have been written by a transaction.
func due(timeline []sighting, mzxid string) int {
	later := sort.Search(len(timeline), func(index int) bool { return timeline[index].mzxid > mzxid })
	if later == 0 {
		return absent
	}
	return timeline[later-1].version
}

func versionName(version int) string {
	if version == absent {
		return "no node"
	}
	return fmt.Sprintf("version %d", version)
}
