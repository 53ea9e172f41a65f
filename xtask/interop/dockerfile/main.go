// Reads Dockerfiles with BuildKit's own parser and prints one JSON line for each.
//
//	oracle < PATHS
//
// Arguments are brought to one form for each keyword, so that only what was read is compared, not how it is kept.
package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/moby/buildkit/frontend/dockerfile/instructions"
	"github.com/moby/buildkit/frontend/dockerfile/parser"
)

// An instruction, as both sides print it.
type instruction struct {
	Keyword   string   `json:"keyword"`
	Line      int      `json:"line"`
	Last      int      `json:"last"`
	Flags     []string `json:"flags"`
	Arguments []string `json:"arguments"`
	Here      []string `json:"here"`
	OnBuild   bool     `json:"on_build"`
}

// A file: what is wrong with it, or its instructions.
type file struct {
	Path         string        `json:"path"`
	Syntax       string        `json:"syntax"`
	Meaning      string        `json:"meaning"`
	Instructions []instruction `json:"instructions"`
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	paths := bufio.NewScanner(os.Stdin)
	out := bufio.NewWriter(os.Stdout)
	encoder := json.NewEncoder(out)
	encoder.SetEscapeHTML(false)
	for paths.Scan() {
		text, err := os.ReadFile(paths.Text())
		if err != nil {
			return err
		}
		if err := encoder.Encode(read(paths.Text(), text)); err != nil {
			return err
		}
	}
	if err := paths.Err(); err != nil {
		return err
	}
	return out.Flush()
}

func read(path string, text []byte) file {
	read := file{Path: path, Instructions: []instruction{}}
	parsed, err := parser.Parse(bytes.NewReader(text))
	if err != nil {
		read.Syntax = err.Error()
		return read
	}
	if _, _, err := instructions.Parse(parsed.AST, nil); err != nil {
		read.Meaning = err.Error()
	}
	for _, node := range parsed.AST.Children {
		read.Instructions = append(read.Instructions, flatten(node))
	}
	return read
}

func flatten(node *parser.Node) instruction {
	flat := instruction{Line: node.StartLine, Last: node.EndLine, Flags: []string{}, Arguments: []string{}, Here: []string{}}
	for _, here := range node.Heredocs {
		flat.Here = append(flat.Here, fmt.Sprintf("%s %t %t %s", here.Name, here.Expand, here.Chomp, here.Content))
	}
	if strings.EqualFold(node.Value, "onbuild") && node.Next != nil && len(node.Next.Children) > 0 {
		flat.OnBuild = true
		node = node.Next.Children[0]
	}
	flat.Keyword = strings.ToUpper(node.Value)
	flat.Flags = append(flat.Flags, node.Flags...)
	var words []string
	for next := node.Next; next != nil; next = next.Next {
		words = append(words, next.Value)
	}
	for index, word := range words {
		switch flat.Keyword {
		case "ENV", "LABEL": // triples of name, value and separator
			if index%3 == 0 && index+1 < len(words) {
				flat.Arguments = append(flat.Arguments, unquoted(word)+"="+words[index+1])
			}
		case "FROM": // `AS` stands between image and name
			if index != 1 {
				flat.Arguments = append(flat.Arguments, word)
			}
		case "COPY", "ADD": // here documents are kept apart
			if index+1 < len(words) && !node.Attributes["json"] && parser.MustParseHeredoc(word) != nil {
				continue
			}
			flat.Arguments = append(flat.Arguments, word)
		case "HEALTHCHECK":
			if index == 0 {
				word = strings.ToUpper(word)
			}
			flat.Arguments = append(flat.Arguments, word)
		default:
			flat.Arguments = append(flat.Arguments, word)
		}
	}
	return flat
}

// BuildKit takes the quotes off a name when it uses it.
func unquoted(name string) string {
	if len(name) > 1 && (name[0] == '"' || name[0] == '\'') && name[len(name)-1] == name[0] {
		return name[1 : len(name)-1]
	}
	return name
}
