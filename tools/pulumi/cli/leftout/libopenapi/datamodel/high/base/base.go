// Package base has the schemas of a document, as far as the CLI looks at them.
package base

import (
	"errors"

	"github.com/pb33f/libopenapi/orderedmap"
	"go.yaml.in/yaml/v4"
)

type Info struct {
	Version string
}

type Schema struct {
	Type                         []string
	Description, Format, Pattern string
	AllOf, OneOf, AnyOf          []*SchemaProxy
	Discriminator                *Discriminator
	Items                        *DynamicValue[*SchemaProxy, bool]
	AdditionalProperties         *DynamicValue[*SchemaProxy, bool]
	Properties                   *orderedmap.Map[string, *SchemaProxy]
	Required                     []string
	Enum                         []*yaml.Node
	Default                      *yaml.Node
	MultipleOf, Minimum, Maximum *float64
	MaxLength, MinLength         *int64
	Nullable, ReadOnly           *bool
	Extensions                   *orderedmap.Map[string, *yaml.Node]
}

func (*Schema) GoLow() *LowSchema { return nil }

func (*Schema) MarshalJSONInline() ([]byte, error) {
	return nil, errors.New("OpenAPI documents are left out of this build of the CLI")
}

type LowSchema struct{}

func (*LowSchema) Hash() uint64 { return 0 }

type SchemaProxy struct{}

func (*SchemaProxy) Schema() *Schema { return nil }

type Discriminator struct {
	PropertyName string
	Mapping      *orderedmap.Map[string, string]
}

type DynamicValue[A, B any] struct {
	A A
	B B
}

func (*DynamicValue[A, B]) IsA() bool { return true }
