// Command sdkgen writes the SDK of a Pulumi package with Pulumi's own generators, for our language hosts: its argument
// is the language, it reads a GeneratePackageRequest from stdin and answers with a GeneratePackageResponse on stdout.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"

	golang "github.com/pulumi/pulumi/pkg/v3/codegen/go"
	"github.com/pulumi/pulumi/pkg/v3/codegen/nodejs"
	"github.com/pulumi/pulumi/pkg/v3/codegen/python"
	"github.com/pulumi/pulumi/pkg/v3/codegen/schema"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"google.golang.org/protobuf/proto"
)

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: sdkgen nodejs|python|go")
		os.Exit(2)
	}
	if err := answer(os.Args[1], os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answer(language string, in io.Reader, out io.Writer) error {
	encoded, err := io.ReadAll(in)
	if err != nil {
		return fmt.Errorf("cannot read the request: %w", err)
	}
	request := &pulumirpc.GeneratePackageRequest{}
	if err := proto.Unmarshal(encoded, request); err != nil {
		return fmt.Errorf("stdin is not a GeneratePackageRequest: %w", err)
	}
	response, err := generate(language, request)
	if err != nil {
		return err
	}
	encoded, err = proto.Marshal(response)
	if err != nil {
		return err
	}
	_, err = out.Write(encoded)
	return err
}

func generate(language string, request *pulumirpc.GeneratePackageRequest) (*pulumirpc.GeneratePackageResponse, error) {
	loader, err := schema.NewLoaderClient(request.LoaderTarget)
	if err != nil {
		return nil, err
	}
	defer loader.Close()
	var spec schema.PackageSpec
	if err := json.Unmarshal([]byte(request.Schema), &spec); err != nil {
		return nil, fmt.Errorf("the package's schema is not valid JSON: %w", err)
	}
	options := schema.ValidationOptions{AllowDanglingReferences: true}
	pkg, diagnostics, err := schema.BindSpec(spec, schema.NewCachedLoader(loader), options)
	if err != nil {
		return nil, err
	}
	response := &pulumirpc.GeneratePackageResponse{Diagnostics: plugin.HclDiagnosticsToRPCDiagnostics(diagnostics)}
	if diagnostics.HasErrors() {
		return response, nil
	}
	files, err := sdkOf(language, pkg, request, loader)
	if err != nil {
		return nil, err
	}
	return response, write(request.Directory, files)
}

func sdkOf(
	language string, pkg *schema.Package, request *pulumirpc.GeneratePackageRequest, loader schema.ReferenceLoader,
) (map[string][]byte, error) {
	const tool = "zookeeper-ensemble"
	switch language {
	case "nodejs":
		return nodejs.GeneratePackage(
			tool, pkg, request.ExtraFiles, request.LocalDependencies, request.Local, loader)
	case "python":
		return python.GeneratePackage(tool, pkg, request.ExtraFiles, loader)
	case "go":
		return golang.GeneratePackage(tool, pkg, request.LocalDependencies)
	default:
		return nil, fmt.Errorf("%q is none of nodejs, python and go", language)
	}
}

func write(directory string, files map[string][]byte) error {
	for name, content := range files {
		file := filepath.Join(directory, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(file, content, 0o644); err != nil {
			return err
		}
	}
	return nil
}
