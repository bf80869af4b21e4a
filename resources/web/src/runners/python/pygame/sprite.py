# SPDX-License-Identifier: MIT
class Sprite:
    def __init__(self, *groups):
        self._groups = set()
        self.add(*groups)

    def add(self, *groups):
        for group in groups:
            group.add(self)

    def kill(self):
        for group in list(self._groups):
            group.remove(self)

    def alive(self):
        return bool(self._groups)

    def groups(self):
        return list(self._groups)

    def update(self, *_args, **_named):
        pass


class Group:
    def __init__(self, *sprites):
        self._sprites = []
        self.add(*sprites)

    def add(self, *sprites):
        for sprite in sprites:
            if isinstance(sprite, Sprite):
                if sprite not in self._sprites:
                    self._sprites.append(sprite)
                    sprite._groups.add(self)
            else:
                self.add(*sprite)

    def remove(self, *sprites):
        for sprite in sprites:
            if sprite in self._sprites:
                self._sprites.remove(sprite)
                sprite._groups.discard(self)

    def sprites(self):
        return list(self._sprites)

    def __iter__(self):
        return iter(self.sprites())

    def __len__(self):
        return len(self._sprites)

    def __contains__(self, sprite):
        return sprite in self._sprites

    def empty(self):
        self.remove(*self.sprites())

    def update(self, *args, **named):
        for sprite in self.sprites():
            sprite.update(*args, **named)

    def draw(self, surface, *_rest):
        for sprite in self._sprites:
            surface.blit(sprite.image, sprite.rect)


class GroupSingle(Group):
    def add(self, *sprites):
        if sprites:
            self.empty()
        super().add(*sprites)

    @property
    def sprite(self):
        return self._sprites[0] if self._sprites else None


RenderPlain = RenderUpdates = LayeredUpdates = Group


def collide_rect(a, b):
    return a.rect.colliderect(b.rect)


def collide_circle(a, b):
    def radius(s):
        return getattr(s, "radius", (s.rect.w**2 + s.rect.h**2) ** 0.5 / 2)

    dx, dy = a.rect.centerx - b.rect.centerx, a.rect.centery - b.rect.centery
    return dx * dx + dy * dy <= (radius(a) + radius(b)) ** 2


def spritecollide(sprite, group, dokill, collided=None):
    hit = [other for other in group if (collided or collide_rect)(sprite, other)]
    if dokill:
        group.remove(*hit)
    return hit


def spritecollideany(sprite, group, collided=None):
    return next((other for other in group if (collided or collide_rect)(sprite, other)), None)


def groupcollide(a, b, dokill1, dokill2, collided=None):
    hits = {s: spritecollide(s, b, dokill2, collided) for s in a}
    hits = {s: found for s, found in hits.items() if found}
    if dokill1:
        a.remove(*hits)
    return hits
