export function typescript(): string;
export function sourcesHash(root: string): string;
export function isBuilt(dist: string, sources: string): boolean;
export function removeStamp(dist: string): void;
export function writeStamp(dist: string, sources: string): void;
