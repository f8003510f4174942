// Package information tells Pulumi's bridge how upstream's Docker provider appears in Pulumi: which token each type has,
// and the names that are not the bridge's own choice. They are those of the released plugin; test/tools/dockerPlugin.test.ts
// compares them with the package @pulumi/docker.
package information

import (
	"github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge"
	bridgetokens "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfbridge/tokens"
	shimv2 "github.com/pulumi/pulumi-terraform-bridge/v3/pkg/tfshim/sdk-v2"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/terraform-providers/terraform-provider-docker/internal/provider"
)

const (
	packageName = "docker"
	moduleName  = "index"
	// The longest name that is made up where the program gives none.
	longestName = 255
)

// Of reports the whole provider; version is that of the released plugin which this one stands for.
func Of(version string) tfbridge.ProviderInfo {
	info := tfbridge.ProviderInfo{
		P:       shimv2.NewProvider(provider.New(version)()),
		Name:    packageName,
		Version: version,
		// The bridge reads documents of upstream's repository only when it generates a schema with them, and ours has none.
		GitHubOrg: "kreuzwerker",
		License:   "Apache-2.0",
		Config: map[string]*tfbridge.SchemaInfo{
			"host":          {Default: &tfbridge.DefaultInfo{EnvVars: []string{"DOCKER_HOST"}}},
			"registry_auth": {Name: "registryAuth"},
		},
		Resources: map[string]*tfbridge.ResourceInfo{
			"docker_container": {
				Tok: resourceToken("Container"),
				Fields: map[string]*tfbridge.SchemaInfo{
					"command":           {Name: "command"},
					"networks_advanced": {Name: "networksAdvanced"},
				},
				// Two containers of one name, or with one published port, cannot be at the same time.
				DeleteBeforeReplace: true,
			},
			"docker_image":  {Tok: resourceToken("RemoteImage"), Fields: map[string]*tfbridge.SchemaInfo{"name": {Name: "name"}}},
			"docker_config": {Tok: resourceToken("ServiceConfig")},
		},
		DataSources: map[string]*tfbridge.DataSourceInfo{
			"docker_image": {Tok: tfbridge.MakeDataSource(packageName, moduleName, "getRemoteImage")},
		},
	}
	info.MustComputeTokens(bridgetokens.SingleModule(packageName+"_", moduleName, bridgetokens.MakeStandard(packageName)))
	info.SetAutonaming(longestName, "-")
	return info
}

func resourceToken(name string) tokens.Type {
	return tfbridge.MakeResource(packageName, moduleName, name)
}
