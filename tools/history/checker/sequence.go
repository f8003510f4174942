package main

import "fmt"

// checkSequence compares the children at the end with what was appended.
func checkSequence(path string, operations []*Operation) (problems, lost []string) {
	last := readOutOf(operations)
	if last == nil || (last.Outcome == outcomeOk && !last.isReadOutOfSequence()) {
		return []string{fmt.Sprintf("%s was never read out at the end: nothing is known about what is left", path)}, nil
	}
	appends := map[string]*Operation{}
	for _, o := range operations {
		if o.Kind != kindAppend {
			continue
		}
		if other := appends[o.Value]; other != nil {
			problems = append(problems, fmt.Sprintf("%s and %s carry the same value", other, o))
		}
		appends[o.Value] = o
	}
	present := map[string]Element{}
	for _, element := range last.Elements {
		if _, isSecond := present[element.Value]; isSecond {
			problems = append(problems, fmt.Sprintf("%s holds %q more than once", path, element.Value))
		}
		present[element.Value] = element
		problems = append(problems, checkElement(path, element, appends[element.Value])...)
	}
	for _, o := range operations {
		if o.Kind == kindAppend && o.Outcome == outcomeOk {
			if _, isThere := present[o.Value]; !isThere {
				lost = append(lost, fmt.Sprintf("%s was acknowledged and is not there at the end", o))
			}
		}
	}
	return append(problems, checkNumbers(path, operations)...), lost
}

func checkElement(path string, element Element, o *Operation) []string {
	switch {
	case o == nil:
		return []string{fmt.Sprintf("%s holds %q, which nobody appended", path, element.Value)}
	case o.Outcome == outcomeFailed:
		return []string{fmt.Sprintf("%s failed with %s and is there at the end", o, o.Error)}
	case o.Outcome == outcomeOk && o.Number != nil && (element.Number == nil || *element.Number != *o.Number):
		return []string{fmt.Sprintf("%s was acknowledged with number %d and has another at the end", o, *o.Number)}
	}
	return nil
}

// checkNumbers: an append that began after another was acknowledged has the higher number.
func checkNumbers(path string, operations []*Operation) (problems []string) {
	numbered := []*Operation{}
	for _, o := range operations {
		if o.Kind == kindAppend && o.Outcome == outcomeOk && o.Number != nil {
			numbered = append(numbered, o)
		}
	}
	inOrder(numbered, func(earlier, later *Operation) bool { return *earlier.Number < *later.Number },
		func(earlier, later *Operation) {
			problems = append(problems, fmt.Sprintf("%s has number %d, and %s before it had %d already",
				later, *later.Number, earlier, *earlier.Number))
		})
	return problems
}
