// The checker reads the history of a load and tells whether a ZooKeeper that keeps its promises can have produced it.
// It answers JSON on stdout and exits with 0 whatever the verdict is; a history that cannot be read is exit code 2.
package main

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sort"
	"time"
)

// Verdict is the answer. A history is legal when nothing speaks against it and everything could be decided.
type Verdict struct {
	Legal              bool     `json:"legal"`
	Problems           []string `json:"problems"`
	Lost               []string `json:"lost"`
	CheckedOperations  int      `json:"checkedOperations"`
	AcknowledgedWrites int      `json:"acknowledgedWrites"`
	UnknownWrites      int      `json:"unknownWrites"`
	Registers          int      `json:"registers"`
	Sequences          int      `json:"sequences"`
}

func main() {
	limit := flag.Duration("limit", 2*time.Minute, "longest time to search for an order of one register's operations")
	flag.Parse()
	if flag.NArg() != 1 {
		fail(fmt.Errorf("usage: checker [-limit 2m] <history file, JSON lines>"))
	}
	operations, err := readHistory(flag.Arg(0))
	if err != nil {
		fail(err)
	}
	if err := json.NewEncoder(os.Stdout).Encode(judge(operations, *limit)); err != nil {
		fail(err)
	}
}

func fail(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(2)
}

func judge(operations []*Operation, limit time.Duration) Verdict {
	verdict := Verdict{Problems: []string{}, Lost: []string{}, CheckedOperations: len(operations)}
	for _, operation := range operations {
		if operation.isWrite() && operation.Outcome == outcomeOk {
			verdict.AcknowledgedWrites++
		}
		if operation.isWrite() && operation.Outcome == outcomeUnknown {
			verdict.UnknownWrites++
		}
	}
	registers, sequences := objectsOf(operations)
	verdict.Registers, verdict.Sequences = len(registers), len(sequences)
	for _, path := range sortedKeys(sequences) {
		problems, lost := checkSequence(path, sequences[path])
		verdict.Problems, verdict.Lost = append(verdict.Problems, problems...), append(verdict.Lost, lost...)
	}
	verdict.Problems = append(verdict.Problems, checkSessions(operations, registers)...)
	verdict.Problems = append(verdict.Problems, checkTransactionOrder(operations)...)
	for _, path := range sortedKeys(registers) {
		problems, lost := checkRegister(path, registers[path], limit, len(verdict.Problems)+len(verdict.Lost) == 0)
		verdict.Problems, verdict.Lost = append(verdict.Problems, problems...), append(verdict.Lost, lost...)
	}
	if len(registers)+len(sequences) == 0 {
		verdict.Problems = append(verdict.Problems, "the history is empty: it proves nothing")
	}
	verdict.Legal = len(verdict.Problems) == 0 && len(verdict.Lost) == 0
	return verdict
}

func sortedKeys(objects map[string][]*Operation) []string {
	keys := make([]string, 0, len(objects))
	for key := range objects {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}
