package types

type FilteredLogEvent struct {
	Message   *string
	Timestamp *int64
}
