// SPDX-License-Identifier: GPL-2.0-or-later
// manifest.mjs MANIFEST DIR: checks the objects of a manifest against the schema of Kubernetes
// (formats and required members, by the validators of kubernetes-models) and against one another,
// and writes DIR/check.mts, in which the TypeScript compiler finds members that no schema has.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { createRequire } from 'node:module'

const [manifest, directory] = process.argv.slice(2)
const require = createRequire(pathToFileURL(join(directory, 'here.mjs')))
const { parseAllDocuments } = require('yaml')
const text = readFileSync(manifest, 'utf8')
const lines = []

function check(name, right, said) {
	console.log(`${right ? 'ok' : 'not ok'} kubernetes: ${name}`)
	if (!right && said) console.log(`# ${said}`)
}

function same(name, a, b) {
	const [left, right] = [a, b].map((list) => [...new Set(list)].sort().join(' '))
	check(name, left === right && left !== '', `${left} | ${right}`)
}

async function checkSchema(object, number) {
	const module = `kubernetes-models/${object.apiVersion}`
	const file = join(directory, 'node_modules', 'kubernetes-models', object.apiVersion, 'index.js')
	const models = await import(pathToFileURL(file))
	const name = `${object.kind} ${object.metadata.name}`
	try {
		new models[object.kind](object).validate()
		check(`${name}: is valid`, true)
	} catch (error) {
		check(`${name}: is valid`, false, error.message)
	}
	lines.push(`import type { I${object.kind} as Kind${number} } from '${module}'`)
	lines.push(`export const object${number}: Kind${number} = ${JSON.stringify(object, null, 1)}`)
}

// The scripts, for tests/kubernetes/run to run elsewhere
function writeScripts(pod) {
	writeFileSync(join(directory, 'init.sh'), pod.initContainers[0].command[2])
	writeFileSync(join(directory, 'start.sh'), pod.containers[0].lifecycle.postStart.exec.command[2])
}

function checkPod(set, objects) {
	writeScripts(set.spec.template.spec)
	const pod = set.spec.template.spec
	const containers = [...pod.initContainers, ...pod.containers]
	const mounts = containers.flatMap((container) => container.volumeMounts)
	const capabilities = containers.flatMap((container) => container.securityContext.capabilities.add ?? [])
	const paths = pod.volumes.flatMap((volume) => (volume.hostPath ? [volume.hostPath.path] : []))
	const explained = [...text.matchAll(/^# {3}([^ :]+) /gm)].map((match) => match[1])
	same('each mount has its volume and each volume its mount',
		mounts.map((mount) => mount.name), pod.volumes.map((volume) => volume.name))
	same('each capability, path and namespace of the host is explained',
		[...capabilities, ...paths, pod.hostPID ? 'hostPID' : ''].filter(Boolean),
		explained.filter((word) => !/^seccomp/.test(word)))
	check('no container is privileged', containers.every((container) => !container.securityContext.privileged &&
		container.securityContext.capabilities.drop.includes('ALL') && container.securityContext.readOnlyRootFilesystem))
	check('no other namespace of the host', !pod.hostNetwork && !pod.hostIPC)
	check('no token', pod.automountServiceAccountToken === false)
	check('priority', pod.priorityClassName === 'system-node-critical')
	check('the selector takes its own pods', Object.entries(set.spec.selector.matchLabels)
		.every(([key, value]) => set.spec.template.metadata.labels[key] === value))
	for (const volume of pod.volumes.filter((one) => one.configMap))
		check(`ConfigMap ${volume.configMap.name} is there`, objects.some((object) =>
			object.kind === 'ConfigMap' && object.metadata.name === volume.configMap.name))
	check('the ServiceAccount is there, without a token', objects.some((object) => object.kind === 'ServiceAccount' &&
		object.metadata.name === pod.serviceAccountName && object.automountServiceAccountToken === false))
}

const documents = parseAllDocuments(text, { strict: true, uniqueKeys: true })
check('is YAML', documents.every((document) => document.errors.length === 0),
	documents.flatMap((document) => document.errors).join(' '))
const objects = documents.map((document) => document.toJS())
for (const [number, object] of objects.entries()) await checkSchema(object, number)
same('all objects are in one namespace', ['bailiff'],
	objects.map((object) => (object.kind === 'Namespace' ? object.metadata.name : object.metadata.namespace)))
for (const set of objects.filter((object) => object.kind === 'DaemonSet')) checkPod(set, objects)
for (const map of objects.filter((object) => object.kind === 'ConfigMap'))
	for (const [name, content] of Object.entries(map.data))
		writeFileSync(join(directory, `${map.metadata.name}-${name}`), content)
writeFileSync(join(directory, 'check.mts'), lines.join('\n') + '\n')
