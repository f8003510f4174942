// Package types has the errors whose codes are looked up; nothing here ever returns one.
package types

type (
	NotFoundException          struct{}
	InvalidCiphertextException struct{}
	InvalidKeyUsageException   struct{}
	KMSInternalException       struct{}
	KMSInvalidStateException   struct{}
	DisabledException          struct{}
	InvalidGrantTokenException struct{}
	KeyUnavailableException    struct{}
	DependencyTimeoutException struct{}
)

func (*NotFoundException) ErrorCode() string          { return "NotFoundException" }
func (*InvalidCiphertextException) ErrorCode() string { return "InvalidCiphertextException" }
func (*InvalidKeyUsageException) ErrorCode() string   { return "InvalidKeyUsageException" }
func (*KMSInternalException) ErrorCode() string       { return "KMSInternalException" }
func (*KMSInvalidStateException) ErrorCode() string   { return "KMSInvalidStateException" }
func (*DisabledException) ErrorCode() string          { return "DisabledException" }
func (*InvalidGrantTokenException) ErrorCode() string { return "InvalidGrantTokenException" }
func (*KeyUnavailableException) ErrorCode() string    { return "KeyUnavailableException" }
func (*DependencyTimeoutException) ErrorCode() string { return "DependencyTimeoutException" }
