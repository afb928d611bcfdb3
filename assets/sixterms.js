// What shortens the way. Everything works without it.
import { initAll } from './govuk-frontend.js'

document.body.classList.add('js-enabled', 'govuk-frontend-supported')
initAll()

const narrow = window.matchMedia('(max-width: 60em)')
const roles = { TABLE: 'table', THEAD: 'rowgroup', TBODY: 'rowgroup', TR: 'row', TD: 'cell', TH: 'columnheader' }

// A list of sections or filters is open on wide screens and folded on narrow ones.
function fold () {
  document.querySelectorAll('.app-sections__fold').forEach(part => { part.open = !narrow.matches })
}
narrow.addEventListener('change', fold)
fold()

// A table drawn as cards keeps its meaning for screen readers that judge by `display`.
document.querySelectorAll('.app-table--cards').forEach(table => {
  [table, ...table.querySelectorAll('thead, tbody, tr, th, td')].forEach(part => {
    part.setAttribute('role', part.scope === 'row' ? 'rowheader' : roles[part.tagName])
  })
})

// "More actions" closes on Escape and on a click outside.
document.querySelectorAll('.app-menu').forEach(menu => {
  menu.addEventListener('keydown', event => {
    if (event.key === 'Escape') { menu.open = false; menu.querySelector('summary').focus() }
  })
  document.addEventListener('click', event => { if (!menu.contains(event.target)) menu.open = false })
})

// Long work: the part marked `data-refresh` is fetched anew; once it is gone, the whole page is.
const WAIT = 2000
async function refresh () {
  const part = document.querySelector('[data-refresh]')
  if (!part) return
  try {
    const answer = await fetch(part.dataset.refresh, { headers: { Accept: 'text/html' } })
    if (!answer.ok || answer.redirected) { window.location.reload(); return }
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const fresh = page.querySelector('[data-refresh]')
    if (!fresh) { window.location.reload(); return }
    part.querySelector('strong').textContent = fresh.querySelector('strong').textContent
    const [bar, now] = [part, fresh].map(side => side.querySelector('progress'))
    for (const name of ['max', 'value']) if (now.hasAttribute(name)) bar.setAttribute(name, now.getAttribute(name))
  } catch { /* No connection: the next round may have one. */ }
  window.setTimeout(refresh, WAIT)
}
window.setTimeout(refresh, WAIT)

// A remote select becomes a combobox: a list opens below the words, arrows move in it, Enter takes.
class Combobox {
  constructor (group) {
    this.group = group
    this.name = group.dataset.remoteName
    this.input = group.querySelector(`[name="${this.name}_words"]`)
    this.value = group.querySelector('[data-remote-value]') || this.replaceRadios()
    this.chosen = group.querySelector('[data-remote-chosen]')
    this.status = group.querySelector('[data-remote-status]')
    this.list = document.createElement('ul')
    this.list.id = `${this.input.id}-list`
    this.list.className = 'app-remote__list'
    this.list.setAttribute('role', 'listbox')
    this.list.setAttribute('aria-label', group.querySelector('label').textContent)
    this.list.hidden = true
    this.input.parentElement.after(this.list)
    this.at = -1
    this.asked = 0
    const combobox = { role: 'combobox', 'aria-expanded': 'false', 'aria-controls': this.list.id, 'aria-autocomplete': 'list' }
    for (const [name, value] of Object.entries(combobox)) this.input.setAttribute(name, value)
    this.input.addEventListener('input', () => this.typed())
    this.input.addEventListener('keydown', event => this.pressed(event))
    this.input.addEventListener('blur', () => this.close())
  }

  // After a search without script the choice stands in radios; they stay, and the words search anew.
  replaceRadios () {
    const value = document.createElement('input')
    value.type = 'hidden'
    value.disabled = true
    value.name = this.name
    this.group.append(value)
    return value
  }

  typed () {
    this.take('', '')
    window.clearTimeout(this.timer)
    this.timer = window.setTimeout(() => this.lookUp(this.input.value.trim()), 250)
  }

  async lookUp (words) {
    const turn = ++this.asked
    if (words.length < 2) { this.close(); return }
    const token = this.input.form.querySelector('[name="csrf_token"]').value
    const body = new FormData()
    body.append('q', words)
    body.append('csrf_token', token)
    try {
      const answer = await fetch(this.group.dataset.remote, { method: 'POST', body, headers: { 'X-CSRFToken': token, Accept: 'application/json' } })
      if (!answer.ok || answer.redirected || turn !== this.asked) return
      this.show((await answer.json()).results)
    } catch { /* No connection: the Search button still posts the form. */ }
  }

  show (results) {
    this.at = -1
    this.list.replaceChildren(...results.map((result, place) => {
      const option = document.createElement('li')
      option.id = `${this.list.id}-${place}`
      option.setAttribute('role', 'option')
      option.setAttribute('aria-selected', 'false')
      option.textContent = result.label
      option.dataset.value = result.value
      option.addEventListener('mousedown', event => { event.preventDefault(); this.pick(option) })
      return option
    }))
    this.status.textContent = results.length ? `${results.length} ${this.group.dataset.found}` : this.group.dataset.none
    this.list.hidden = results.length === 0
    this.input.setAttribute('aria-expanded', String(results.length > 0))
    this.input.removeAttribute('aria-activedescendant')
  }

  pressed (event) {
    const options = [...this.list.children]
    if (event.key === 'Escape') { this.close(); return }
    if (this.list.hidden || !options.length) return
    if (event.key === 'Enter' && this.at >= 0) { event.preventDefault(); this.pick(options[this.at]) }
    if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
      event.preventDefault()
      const step = event.key === 'ArrowDown' ? 1 : -1
      this.at = (this.at + step + options.length + (this.at < 0 && step < 0 ? 1 : 0)) % options.length
      options.forEach((option, place) => option.setAttribute('aria-selected', String(place === this.at)))
      options[this.at].scrollIntoView({ block: 'nearest' })
      this.input.setAttribute('aria-activedescendant', options[this.at].id)
    }
  }

  pick (option) {
    this.input.value = option.textContent
    this.take(option.dataset.value, option.textContent)
    this.status.textContent = option.textContent
    this.close()
  }

  take (value, label) {
    this.value.value = value
    this.value.disabled = false
    this.group.querySelectorAll('[type="radio"]').forEach(radio => { radio.checked = false })
    if (this.chosen) {
      this.chosen.textContent = label
      this.chosen.parentElement.hidden = !label
    }
  }

  close () {
    this.asked++
    this.list.hidden = true
    this.input.setAttribute('aria-expanded', 'false')
    this.input.removeAttribute('aria-activedescendant')
  }
}
document.querySelectorAll('[data-remote]').forEach(group => new Combobox(group))
