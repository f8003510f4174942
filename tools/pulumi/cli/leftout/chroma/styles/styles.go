package styles

import "github.com/alecthomas/chroma"

var Registry = map[string]*chroma.Style{}

func Register(style *chroma.Style) *chroma.Style {
	Registry[style.Name] = style
	return style
}
