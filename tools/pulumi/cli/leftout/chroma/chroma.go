// Package chroma stands in for the first version of a syntax highlighter, whose lexers take long to compile: code in the
// CLI's own texts is shown in one colour.
package chroma

type TokenType int

const (
	Background TokenType = iota
	Comment
	CommentPreproc
	Error
	GenericDeleted
	GenericEmph
	GenericInserted
	GenericStrong
	GenericSubheading
	Keyword
	KeywordNamespace
	KeywordReserved
	KeywordType
	Literal
	LiteralDate
	LiteralNumber
	LiteralString
	LiteralStringEscape
	Name
	NameAttribute
	NameBuiltin
	NameClass
	NameConstant
	NameDecorator
	NameException
	NameFunction
	NameOther
	NameTag
	Operator
	Punctuation
	Text
)

type StyleEntries map[TokenType]string

type Style struct {
	Name string
}

func MustNewStyle(name string, _ StyleEntries) *Style { return &Style{Name: name} }
