/** Platforms that conda-lock has virtual packages for (its default-virtual-packages.yaml). */
export const PLATFORMS = ['linux-64', 'linux-aarch64', 'linux-ppc64le', 'osx-64', 'osx-arm64', 'win-64'] as const
export type Platform = (typeof PLATFORMS)[number]

/** Whether a text names one of them. */
export function isPlatform(text: string): text is Platform {
  return PLATFORMS.some(platform => platform === text)
}

/** A file name of one platform. */
export function forPlatform(template: string, platform: string): string {
  return template.replaceAll('{platform}', platform)
}
