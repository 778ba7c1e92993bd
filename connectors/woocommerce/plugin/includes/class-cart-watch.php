<?php
/**
 * Notices that a cart changed, by the hooks that really fire in classic and block pages, and tells
 * of it once, at the end of the request.
 *
 * @package Reprise
 */

namespace Reprise;

defined( 'ABSPATH' ) || exit;

/**
 * Woo's own woocommerce_cart_updated fires on every page view, so it is not listened to.
 */
class Cart_Watch {

	const MARKS = array(
		'woocommerce_add_to_cart',
		'woocommerce_cart_item_removed',
		'woocommerce_cart_item_restored',
		'woocommerce_after_cart_item_quantity_update',
		'woocommerce_cart_item_set_quantity',
		'woocommerce_applied_coupon',
		'woocommerce_removed_coupon',
	);

	/**
	 * Did something change in this request?
	 *
	 * @var bool
	 */
	private static $is_dirty = false;

	/**
	 * Listen.
	 *
	 * @return void
	 */
	public static function hook() {
		foreach ( self::MARKS as $name ) {
			add_action( $name, array( __CLASS__, 'mark' ), 10, 0 );
		}
		add_action( 'woocommerce_cart_emptied', array( __CLASS__, 'emptied' ), 10, 0 );
		add_action( 'template_redirect', array( __CLASS__, 'look_for_checkout' ) );
		// WooCommerce saves the session at 20.
		add_action( 'shutdown', array( __CLASS__, 'tell' ), 5 );
	}

	/**
	 * Something about the cart or its shopper changed.
	 *
	 * @return void
	 */
	public static function mark() {
		self::$is_dirty = true;
	}

	/**
	 * An order empties its cart, and the next one is another; else the shopper emptied it.
	 *
	 * @return void
	 */
	public static function emptied() {
		$session = WC()->session;
		if ( ! $session || Cart_Restore::is_under_way() ) {
			return;
		}
		$token = $session->get( 'reprise_token' );
		if ( $token && $session->get( 'reprise_ordered' ) === $token ) {
			self::start_anew();
		} elseif ( $token ) {
			self::mark();
		}
	}

	/**
	 * The next cart gets a token of its own.
	 *
	 * @return void
	 */
	private static function start_anew() {
		foreach ( array( 'reprise_token', 'reprise_told', 'reprise_stage', 'reprise_ordered' ) as $name ) {
			WC()->session->set( $name, null );
		}
		self::$is_dirty = false;
	}

	/**
	 * Whoever opens the checkout has got that far.
	 *
	 * @return void
	 */
	public static function look_for_checkout() {
		$is_there = is_checkout() && ! is_order_received_page() && ! is_checkout_pay_page();
		if ( $is_there && WC()->session && WC()->cart && ! WC()->cart->is_empty() && 'checkout' !== WC()->session->get( 'reprise_stage' ) ) {
			WC()->session->set( 'reprise_stage', 'checkout' );
			self::mark();
		}
	}

	/**
	 * This cart's token; a new one where it has none.
	 *
	 * @return string
	 */
	public static function token() {
		$token = WC()->session->get( 'reprise_token' );
		if ( ! $token ) {
			$token = wp_generate_password( 32, false );
			WC()->session->set( 'reprise_token', $token );
		}
		return $token;
	}

	/**
	 * Tell the app, unless nothing is different from what it knows.
	 *
	 * @return void
	 */
	public static function tell() {
		if ( ! self::$is_dirty || ! WC()->session || ! WC()->cart || ! Connection::is_made() ) {
			return;
		}
		self::$is_dirty = false;
		if ( WC()->cart->is_empty() && ! WC()->session->get( 'reprise_told' ) ) {
			return;
		}
		$told  = Cart_Snapshot::build();
		$print = md5( wp_json_encode( $told ) );
		if ( WC()->session->get( 'reprise_told' ) === $print ) {
			return;
		}
		$token = self::token();
		$began = Carts::keep( $token, (string) $told['email'], Cart_Snapshot::lines() );
		WC()->session->set( 'reprise_told', $print );
		Outbox::add( 'reprise.cart.updated', Cart_Snapshot::sign_in( $told, $token, $began ), $token );
	}
}
